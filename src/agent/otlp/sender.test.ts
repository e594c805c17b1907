import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, expect, test } from '@jest/globals';
import { systemClock, type Clock } from '../../lib/clock.ts';
import { createLog } from '../../lib/log.ts';
import { encodeMessage } from './opentelemetry.fixture.ts';
import { retryAfterMs } from './post.ts';
import { OtlpSender } from './sender.ts';

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;
const ok: Answer = (_request, response) => response.end();
const status =
  (code: number, headers = {}): Answer =>
  (_request, response) =>
    response.writeHead(code, headers).end('because');

const open: { close(): void }[] = [];
afterEach(() => open.splice(0).forEach((thing) => thing.close()));

/** Answers in the given order, then `ok`; keeps what it accepted. */
async function receiver(...answers: Answer[]) {
  const got: { url: string; body: string; headers: http.IncomingHttpHeaders }[] = [];
  const sockets = new Set<unknown>();
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    sockets.add(request.socket);
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      got.push({ url: request.url ?? '', body: gunzipSync(Buffer.concat(parts)).toString(), headers: request.headers });
      (answers.shift() ?? ok)(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => server.close(() => undefined).closeAllConnections() });
  return { got, sockets, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

/** Time that only passes when somebody sleeps. */
function impatientClock(): Clock & { slept: number[] } {
  const slept: number[] = [];
  let now = 1_000_000;
  return {
    slept,
    now: () => now,
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
    },
  };
}

interface Choices {
  readonly headers: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly queueBytes: number;
  readonly giveUpAfterMs: number;
}

function sender(endpoint: string, options: Partial<Choices> = {}) {
  return new OtlpSender({
    endpoint,
    headers: { 'x-scope-orgid': 'a' },
    queueBytes: 1_000_000,
    timeoutMs: 60_000,
    giveUpAfterMs: 300_000,
    clock: systemClock,
    jitter: () => 0,
    log: createLog('test', 'silent'),
    ...options,
  });
}

test.each([
  ['ftp://127.0.0.1/', {}],
  ['http://127.0.0.1/', { authorization: 'two\nlines' }],
])('what cannot even be asked (%s %j) is dropped as refused, and nothing is thrown', async (endpoint, headers) => {
  const out = sender(endpoint, { headers });
  out.send('traces', Buffer.from('a'), 3);
  await out.stop(10_000);
  expect([...out.counters.entries()]).toContainEqual(['otlp_dropped_total{signal="traces",reason="refused"}', 3]);
});

test('who sent a body hears when it was received, and never of one that was refused', async () => {
  const { endpoint } = await receiver(status(503), ok, status(400));
  const out = sender(endpoint, { clock: impatientClock() });
  const delivered: string[] = [];
  for (const body of ['late', 'refused', 'next']) out.send('metrics', Buffer.from(body), 1, () => delivered.push(body));
  while (!delivered.includes('next')) await systemClock.sleep(2);
  await out.stop(0);
  expect(delivered).toEqual(['late', 'next']);
});

test('another receiver gets what comes from then on, with its own headers, and what the old one never took', async () => {
  const before = await receiver(status(503));
  const after = await receiver();
  const out = sender(before.endpoint);
  out.send('traces', Buffer.from('waiting'), 1);
  while (before.got.length === 0) await systemClock.sleep(2);
  out.redirect(after.endpoint, { 'x-scope-orgid': 'b' });
  out.send('traces', Buffer.from('later'), 1);
  await out.stop(10_000);
  expect(after.got.map(({ body, headers }) => [body, headers['x-scope-orgid']])).toEqual([
    ['waiting', 'b'],
    ['later', 'b'],
  ]);
  expect(before.got).toHaveLength(1);
  expect(out.counters.get('otlp_sent_total{signal="traces"}')).toBe(2);
});

test('bodies arrive gzipped, in order, at the path of their signal, over one connection', async () => {
  const { got, sockets, endpoint } = await receiver();
  const out = sender(endpoint);
  for (const body of ['one', 'two', 'three']) out.send('traces', Buffer.from(body), 5);
  await out.stop(2_000);
  expect(got.map(({ url, body }) => `${url} ${body}`)).toEqual([
    '/v1/traces one',
    '/v1/traces two',
    '/v1/traces three',
  ]);
  expect(got[0]?.headers).toMatchObject({ 'content-type': 'application/x-protobuf', 'x-scope-orgid': 'a' });
  expect(sockets.size).toBe(1);
  expect(out.counters.get('otlp_sent_total{signal="traces"}')).toBe(15);
});

test.each([429, 502, 503, 504])('status %i is tried again', async (code) => {
  const { got, endpoint } = await receiver(status(code), status(code));
  const clock = impatientClock();
  const out = sender(endpoint, { clock });
  out.send('metrics', Buffer.from('m'), 1);
  while (got.length < 3) await systemClock.sleep(5);
  await out.stop(1);
  expect(clock.slept.slice(0, 2)).toEqual([500, 1000]);
  expect(out.counters.get('otlp_retries_total{signal="metrics"}')).toBe(2);
});

test.each([400, 401, 404, 413, 500])('status %i is never tried again', async (code) => {
  const { got, endpoint } = await receiver(status(code));
  const out = sender(endpoint);
  out.send('traces', Buffer.from('bad'), 7);
  out.send('traces', Buffer.from('good'), 1);
  await out.stop(2_000);
  expect(got.map(({ body }) => body)).toEqual(['bad', 'good']);
  expect(out.counters.get('otlp_dropped_total{signal="traces",reason="refused"}')).toBe(7);
});

test('Retry-After is obeyed', async () => {
  const { got, endpoint } = await receiver(status(503, { 'retry-after': '7' }));
  const clock = impatientClock();
  const out = sender(endpoint, { clock });
  out.send('traces', Buffer.from('x'), 1);
  while (got.length < 2) await systemClock.sleep(5);
  await out.stop(1);
  expect(clock.slept[0]).toBe(7_000);
  expect(retryAfterMs('Thu, 01 Jan 1970 00:00:10 GMT', 4_000)).toBe(6_000);
  expect(retryAfterMs('soon', 0)).toBeUndefined();
});

test('a receiver that comes late still gets everything that fits', async () => {
  const { endpoint } = await receiver();
  const port = Number(new URL(endpoint).port) === 9 ? 10 : 9;
  const clock = impatientClock();
  const out = sender(`http://127.0.0.1:${port}`, { clock, giveUpAfterMs: 60_000 });
  out.send('traces', Buffer.from('x'), 3);
  while (out.counters.get('otlp_dropped_total{signal="traces",reason="expired"}') === 0) await systemClock.sleep(5);
  expect(clock.slept.length).toBeGreaterThan(5);
  await out.stop(1);
});

test('a full queue drops the oldest and counts it, and the signals do not disturb each other', async () => {
  let release: (() => void) | undefined;
  const { got, endpoint } = await receiver((_request, response) => {
    release = () => response.end();
  });
  const out = sender(endpoint, { queueBytes: 10 });
  for (const body of ['11111', '22222', '33333', '44444']) out.send('traces', Buffer.from(body), 1);
  out.send('metrics', Buffer.from('m'), 1);
  while (got.length < 2) await systemClock.sleep(5);
  release?.();
  await out.stop(2_000);
  expect(got.filter(({ url }) => url === '/v1/traces').map(({ body }) => body)).toEqual(['11111', '33333', '44444']);
  expect(got.some(({ body }) => body === 'm')).toBe(true);
  expect(out.counters.get('otlp_dropped_total{signal="traces",reason="queue_full"}')).toBe(1);
});

test('a partial success counts what the receiver rejected', async () => {
  const answer = encodeMessage('PartialAnswer', { partialSuccess: { rejected: 3, errorMessage: 'too old' } });
  const { endpoint } = await receiver((_request, response) => response.end(answer));
  const out = sender(endpoint);
  out.send('traces', Buffer.from('x'), 10);
  await out.stop(2_000);
  expect(out.counters.get('otlp_sent_total{signal="traces"}')).toBe(7);
  expect(out.counters.get('otlp_dropped_total{signal="traces",reason="rejected"}')).toBe(3);
});

test('stopping waits no longer than it may and counts what was left', async () => {
  const { endpoint } = await receiver(() => {});
  const out = sender(endpoint);
  out.send('traces', Buffer.from('stuck'), 2);
  out.send('traces', Buffer.from('behind'), 4);
  const started = performance.now();
  await out.stop(50);
  expect(performance.now() - started).toBeLessThan(5_000);
  expect(out.counters.get('otlp_dropped_total{signal="traces",reason="stopped"}')).toBe(6);
});
