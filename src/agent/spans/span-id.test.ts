import { expect, test } from '@jest/globals';
import type { Side } from '../bpf/contract.ts';
import type { Item } from './item.ts';
import { spanIdOf } from './span-id.ts';

const idOf = (link: string, end: Side = 'server') => spanIdOf({ key: '', link } as Item, end);
const sides: readonly Side[] = ['server', 'client'];

/** A day's calls of a busy node: neighbouring addresses, ports and sequences. */
const links = Array.from({ length: 50_000 }, (_, i) => `10.0.${i % 7}.${i % 250} ${32_768 + (i % 64)} ${1 + i * 90}`);

test('no two calls, and no two ends of a call, have the same id', () => {
  const ids = new Set(links.flatMap((link) => sides.map((end) => idOf(link, end).toString('hex'))));
  expect(ids.size).toBe(2 * links.length);
});

test('every bit of an id is set in half of them, and changes with any other', () => {
  const rounds = 4_000;
  const bits = Array.from({ length: 64 }, () => 0);
  const changed = Array.from({ length: 63 }, () => 0);
  for (const link of links.slice(0, rounds)) {
    const id = idOf(link).readBigUInt64LE();
    for (let bit = 0; bit < 64; bit++) {
      bits[bit] = (bits[bit] ?? 0) + Number((id >> BigInt(bit)) & 1n);
      if (bit > 0) changed[bit - 1] = (changed[bit - 1] ?? 0) + Number(((id >> BigInt(bit)) ^ id) & 1n);
    }
  }
  // Seven standard deviations of that many throws of a coin.
  const off = [...bits, ...changed].filter((count) => Math.abs(count - rounds / 2) > 3.5 * Math.sqrt(rounds));
  expect(off).toEqual([]);
});

test('a call without a sequence has an id of its own', () => {
  const of = (key: string) => spanIdOf({ key, link: undefined } as Item, 'client').toString('hex');
  expect(of('client 1 0 5')).not.toBe(of('client 2 0 5'));
  expect(of('client 1 0 5')).toBe(of('client 1 0 5'));
});
