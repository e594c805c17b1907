import { expect, test } from '@jest/globals';
import type { FlightSummary } from '../bpf/contract.ts';
import { bothEnds } from './exchange.fixture.ts';
import { Memory } from './memory.ts';

const calls = Array.from({ length: 20 }, (_, i) =>
  bothEnds({ client: { tgid: 1 + (i % 3) }, server: { tgid: 10 + (i % 4) }, traceId: `${i % 5}`.padStart(32, '0') }),
);
const everything = calls.flatMap(({ client, server }) => [client, server]);

function remembering(exchanges: readonly FlightSummary[]): Memory {
  const memory = new Memory();
  for (const exchange of exchanges) memory.add(exchange, undefined, undefined, 0);
  return memory;
}

test('after some were forgotten it is as if they had never been there', () => {
  const stays = (exchange: FlightSummary) => exchange.tgid !== 12 && exchange.tgid !== 2;
  const left = remembering(everything);
  left.retain(({ exchange }) => stays(exchange));
  const fresh = remembering(everything.filter(stays));
  const seen = (memory: Memory) => ({
    size: memory.size,
    server: Array.from({ length: 15 }, (_, tgid) => memory.of(tgid, 'server').map(({ key }) => key)),
    client: Array.from({ length: 15 }, (_, tgid) => memory.of(tgid, 'client').map(({ key }) => key)),
    traces: Array.from({ length: 5 }, (_, i) => memory.inTrace(`${i}`.padStart(32, '0')).map(({ key }) => key)),
    ends: everything.map(
      (exchange) => memory.otherEnd(remembering([exchange]).of(exchange.tgid, exchange.side)[0]!)?.key,
    ),
  });
  expect(fresh.size).toBeGreaterThan(5);
  expect(seen(left)).toEqual(seen(fresh));
});
