import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { codeOf, releaseMemory } from './own-memory.ts';

const fileKb = () => Number(/RssFile:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);

test('code that only the start needed is given back, and what is needed still runs', () => {
  const before = fileKb();
  releaseMemory();
  const after = fileKb();
  expect(before - after).toBeGreaterThan(10_000);
  expect(JSON.parse(JSON.stringify({ words: 'a b c'.split(/ /u).map((word) => word.toUpperCase()) }))).toEqual({
    words: ['A', 'B', 'C'],
  });
});

test('only the code of the program itself: no data, no library', () => {
  const maps = `00400000-00800000 r--p 00000000 fe:00 123   /usr/bin/node
00800000-02000000 r-xp 00400000 fe:00 123   /usr/bin/node
02000000-02100000 rw-p 01c00000 fe:00 123   /usr/bin/node
7f0000000000-7f0000100000 r-xp 00000000 fe:00 9   /lib/libc.so.6
7f0000200000-7f0000300000 r-xp 00000000 00:00 0
`;
  expect(codeOf(maps, '/usr/bin/node')).toEqual([{ at: 0x800000n, size: 0x1800000 }]);
});
