import { expect, test } from '@jest/globals';
import { SocketBytes } from './socket-bytes.ts';

const row = (serviceId: number, parsed: bigint) => ({ serviceId, parsed, slow: 0n, blind: 0n, unknown: 0n });
const sample = 'socket_bytes_total{service="cart",state="parsed"}';

test('an id that is removed takes nothing away from the others of its name, and the last one ends it', () => {
  const bytes = new SocketBytes();
  const read = (rows: ReturnType<typeof row>[], ids: number[]) =>
    new Map(bytes.samples(rows, new Map(ids.map((id) => [id, 'cart'])))).get(sample);
  expect(read([row(1, 600n), row(2, 400n)], [1, 2])).toBe(1000);
  bytes.remove('cart', row(1, 600n));
  expect(read([row(2, 401n)], [2])).toBe(1001);
  bytes.remove('cart', row(2, 401n));
  expect(read([], [])).toBeUndefined();
  expect(read([row(1, 5n)], [1])).toBe(5);
});
