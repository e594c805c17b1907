import { expect, test } from '@jest/globals';
import { foldTarget, routeHashOf } from './index.ts';

const template = (target: string) => foldTarget(Buffer.from(target)).template;

test.each([
  ['/orders/42', '/orders/{id}'],
  ['/orders/42/items/7?q=1', '/orders/{id}/items/{id}'],
  ['/users/550e8400-e29b-41d4-a716-446655440000', '/users/{id}'],
  ['/blobs/deadbeef01', '/blobs/{id}'],
  ['/blobs/deadbeef', '/blobs/deadbeef'],
  ['/api/v1/oauth2', '/api/v1/oauth2'],
  ['/files/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/files/{id}'],
  ['/a#fragment', '/a'],
  ['http://shop:8080/orders/1', '/orders/{id}'],
  ['*', '*'],
  ['http://shop', ''],
  [`/${'a'.repeat(200)}`, `/${'a'.repeat(95)}`],
])('%s folds to %s', (target, expected) => {
  expect(template(target)).toBe(expected);
});

test('paths that differ in ids alone share a hash, others do not', () => {
  expect(routeHashOf('/orders/1')).toBe(routeHashOf('/orders/999?x=2'));
  expect(routeHashOf('/orders/1')).not.toBe(routeHashOf('/orders/one'));
  expect(routeHashOf('/orders/1')).not.toBe(routeHashOf('/orders/1/'));
  expect(foldTarget(Buffer.from('http://shop')).hash).toBe(0n);
});
