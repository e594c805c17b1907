import { describe, expect, test } from '@jest/globals';
import { lookupOf } from './lookup.ts';
import { newCanary, otlpOf } from './signals.ts';

const endpoints = {
  internalOtlp: 'http://n:4319',
  tempo: 'http://t:3200',
  mimir: 'http://m:8080',
  loki: 'http://l:3100',
};
const canary = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', sequence: 1_790_000_000_123 };

test('every canary is another one', () => {
  expect(newCanary(5).traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(newCanary(5).traceId).not.toBe(newCanary(5).traceId);
});

test.each(['traces', 'metrics', 'logs'] as const)('%s go out under the name the pipeline keeps', (signal) => {
  const { path, body } = otlpOf(signal, canary);
  expect(path).toBe(`/v1/${signal}`);
  expect(JSON.stringify(body)).toContain('{"key":"service.name","value":{"stringValue":"ostack-canary"}}');
  // A nanosecond timestamp does not fit a double: OTLP/JSON writes 64-bit integers as text.
  expect(JSON.stringify(body)).toContain('"1790000000123000000"');
});

describe('an answer', () => {
  test.each([
    ['traces', 200, '{"batches":[{}]}', true],
    ['traces', 404, 'trace not found', false],
    ['traces', 200, '{"batches":[]}', false],
    ['metrics', 200, '{"data":{"result":[{"value":[1,"2"]}]}}', true],
    ['metrics', 200, '{"data":{"result":[]}}', false],
    ['logs', 200, '{"data":{"result":[{}]}}', true],
    ['logs', 200, '<html>sign in</html>', false],
    ['logs', 500, '{"data":{"result":[{}]}}', false],
  ] as const)('of %s with %i %s', (signal, status, body, found) => {
    expect(lookupOf(signal, canary, endpoints)?.isFound(status, body)).toBe(found);
  });
});

test('a signal without a backend is not looked for', () => {
  expect(lookupOf('traces', canary, { internalOtlp: 'x' })).toBeUndefined();
  expect(lookupOf('metrics', canary, endpoints)?.url).toContain('ostack_canary_sequence%20%3D%3D%201790000000123');
});
