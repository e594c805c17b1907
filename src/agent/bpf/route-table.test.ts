import { beforeEach, expect, test } from '@jest/globals';
import { RouteTable, mostRoutes } from './route-table.ts';

let table: RouteTable;
beforeEach(() => {
  const none = Buffer.alloc(0);
  table = new RouteTable({
    get: () => undefined,
    delete: () => false,
    readAll: () => ({ count: 0, keys: none, values: none }),
  });
});

const learn = (hash: number) => table.learn(BigInt(hash), Buffer.from(`/path/${hash}`));

test("names of paths that only userland saw are as bounded as the kernel's, and what found no room is counted", () => {
  for (let hash = 1; hash <= mostRoutes + 9; hash++) learn(hash);
  expect([table.text(1n), table.text(BigInt(mostRoutes))]).toEqual(['/path/{id}', '/path/{id}']);
  expect([table.text(BigInt(mostRoutes + 1)), table.full]).toEqual([undefined, 9]);
  learn(1);
  expect(table.full).toBe(9);
});

test('they make room when their service is gone', () => {
  for (let hash = 1; hash <= mostRoutes; hash++) learn(hash);
  table.removeService(1, new Set([1n]));
  learn(mostRoutes + 1);
  expect([1, 2, mostRoutes + 1].map((hash) => table.text(BigInt(hash)))).toEqual([
    '/path/{id}',
    undefined,
    '/path/{id}',
  ]);
  expect(table.full).toBe(0);
});
