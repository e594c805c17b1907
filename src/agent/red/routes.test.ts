import { expect, test } from '@jest/globals';
import { matchesRoute, Routes } from './routes.ts';

test.each([
  ['/orders/*', '/orders/{id}', true],
  ['/orders/*', '/orders', false],
  ['/orders/*', '/orders/{id}/lines', false],
  ['/orders/**', '/orders', true],
  ['/orders/**', '/orders/{id}/lines', true],
  ['/*/lines', '/orders/lines', true],
  ['/v*/users', '/v2/users', true],
  ['/v*x*y', '/vaxby', true],
  ['/aa*aa', '/aaa', false],
  ['/', '/', true],
  ['/**', '/anything/at/all', true],
  ['/a.c', '/abc', false],
])('%s takes %s: %s', (pattern, path, expected) => {
  expect(matchesRoute(pattern, path)).toBe(expected);
});

test('the first rule that matches names the route, else the template of the kernel', () => {
  const texts = new Map([
    [1n, '/orders/{id}'],
    [2n, '/health'],
  ]);
  const routes = new Routes(
    (hash) => texts.get(hash),
    [
      { match: '/orders/*', as: '/orders/{order}' },
      { match: '/**', as: '/rest' },
    ],
  );
  expect([routes.nameOf(1n), routes.nameOf(2n)]).toEqual(['/orders/{order}', '/rest']);
  routes.reconfigure([]);
  expect([routes.nameOf(1n), routes.nameOf(2n)]).toEqual(['/orders/{id}', '/health']);
});

test('a hash without a text is not lost, and gets its name when there is one', () => {
  const texts = new Map<bigint, string>();
  const routes = new Routes((hash) => texts.get(hash), []);
  expect(routes.nameOf(7n)).toBe('/*');
  texts.set(7n, '/late');
  expect(routes.nameOf(7n)).toBe('/late');
});
