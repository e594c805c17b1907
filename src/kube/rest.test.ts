import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../lib/clock.ts';
import {
  Conflict,
  Fenced,
  Forbidden,
  Gone,
  Invalid,
  KubeError,
  NotFound,
  TooManyRequests,
  Unreachable,
} from './errors.ts';
import { Rest } from './rest.ts';

type Handler = (request: http.IncomingMessage, body: string, response: http.ServerResponse) => void;

const headers = async () => ({ authorization: 'Bearer t' });
const refuse = () => {
  throw new Fenced('not the leader', 0, 'none');
};
let server: http.Server;
let rest: Rest;
let handler: Handler;
let received: { method: string; url: string; headers: http.IncomingHttpHeaders; body: string }[];

beforeEach(async () => {
  received = [];
  server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      received.push({ method: request.method!, url: request.url!, headers: request.headers, body });
      handler(request, body, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  rest = new Rest({ url, tls: {}, namespace: 'default', headers }, { clock: systemClock });
});

afterEach(async () => {
  rest.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const answer = (response: http.ServerResponse, status: number, body: unknown, headers: http.OutgoingHttpHeaders = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

test('a request carries credentials, the agent, the query and the body as they are', async () => {
  handler = (_request, _body, response) => answer(response, 201, { ok: true });
  const sent = await rest.request('PATCH', '/apis/a/b', {
    query: { force: true, limit: 5, absent: undefined },
    contentType: 'application/apply-patch+yaml',
    body: { text: 'ä' },
  });
  expect(sent).toEqual({ status: 201, body: { ok: true } });
  expect(received[0]).toMatchObject({ method: 'PATCH', url: '/apis/a/b?force=true&limit=5', body: '{"text":"ä"}' });
  expect(received[0]!.headers).toMatchObject({
    authorization: 'Bearer t',
    'user-agent': 'ostack',
    'content-type': 'application/apply-patch+yaml',
    'content-length': '13',
  });
  expect(rest.counts.patch).toBe(1);
});

describe('an answer becomes the error a caller decides on', () => {
  test.each([
    [400, Invalid],
    [401, Forbidden],
    [403, Forbidden],
    [404, NotFound],
    [409, Conflict],
    [410, Gone],
    [422, Invalid],
    [500, Unreachable],
    [503, Unreachable],
  ])('%i', async (status, errorClass) => {
    handler = (_request, _body, response) => answer(response, status, { kind: 'Status', message: 'because' });
    const error: unknown = await rest.request('GET', '/x').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(errorClass);
    expect(error).toMatchObject({ status, message: `GET /x: ${status} because` });
    expect((error as KubeError).fix).not.toBe('');
  });

  test.each([
    ['a page of HTML', '<html>bad gateway</html>', 502, 'bad gateway'],
    ['nothing at all', '', 500, 'no message'],
  ])('%s', async (_name, text, status, message) => {
    handler = (_request, _body, response) => response.writeHead(status).end(text);
    await expect(rest.request('GET', '/x')).rejects.toThrow(message);
  });

  test.each([
    ['spec.selector: Invalid value: {}: field is immutable', true],
    ["updates to statefulset spec for fields other than 'replicas' are forbidden", true],
    ['spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set', true],
    ['cannot change roleRef', true],
    ['spec.replicas: must be non-negative', false],
  ])('"%s" is immutable: %s', async (message, immutable) => {
    handler = (_request, _body, response) => answer(response, 422, { message });
    await expect(rest.request('GET', '/x')).rejects.toMatchObject({ immutable });
  });
});

test('429 is waited out as long as the server asks, then the request goes again', async () => {
  handler = (_request, _body, response) =>
    received.length < 2 ? answer(response, 429, {}, { 'retry-after': '1' }) : answer(response, 200, { ok: true });
  const before = systemClock.now();
  expect(await rest.request('GET', '/x')).toMatchObject({ status: 200 });
  expect(systemClock.now() - before).toBeGreaterThan(950);
});

test('429 holds back every other request, too, but not an urgent one', async () => {
  handler = (request, _body, response) =>
    request.url === '/busy' && received.length < 2
      ? answer(response, 429, {}, { 'retry-after': '1' })
      : answer(response, 200, {});
  const busy = rest.request('GET', '/busy');
  while (received.length === 0) await systemClock.sleep(5);
  await systemClock.sleep(30);
  const ended: string[] = [];
  const other = rest.request('GET', '/other').then(() => ended.push('other'));
  const lease = rest.request('GET', '/lease', { urgent: true }).then(() => ended.push('lease'));
  await Promise.all([busy, other, lease]);
  expect(ended).toEqual(['lease', 'other']);
});

test('a server that stays busy is told of after three waits', async () => {
  const clock = { now: systemClock.now, sleep: async () => {} };
  const impatient = new Rest(rest.endpoint, { clock });
  handler = (_request, _body, response) => answer(response, 429, { details: { retryAfterSeconds: 7 } });
  await expect(impatient.request('GET', '/x')).rejects.toMatchObject({ retryAfterMs: 7000 });
  await expect(impatient.request('GET', '/x')).rejects.toBeInstanceOf(TooManyRequests);
  expect(received).toHaveLength(8);
  impatient.close();
});

test('an answer that does not come is given up on', async () => {
  handler = () => {};
  await expect(rest.request('GET', '/x', { timeoutMs: 50 })).rejects.toThrow('no answer within 50 ms');
});

test('a connection cut in the middle of an answer is unreachable, not half an object', async () => {
  handler = (_request, _body, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"a":');
    setTimeout(() => response.socket!.resetAndDestroy(), 10);
  };
  await expect(rest.request('GET', '/x')).rejects.toBeInstanceOf(Unreachable);
});

test('an idle connection the server has closed costs a second try, not an error; a create is never sent twice', async () => {
  handler = (request, _body, response) => {
    if (received.length % 2 === 0) request.socket.resetAndDestroy();
    else answer(response, 200, {});
  };
  await rest.request('GET', '/warm');
  expect(await rest.request('PATCH', '/x', { body: {} })).toMatchObject({ status: 200 });
  expect(received).toHaveLength(3);
  await expect(rest.request('POST', '/x', { body: {} })).rejects.toBeInstanceOf(Unreachable);
  expect(received).toHaveLength(4);
});

test('a write that may not be done is not sent', async () => {
  handler = (_request, _body, response) => answer(response, 200, {});
  await expect(rest.request('PATCH', '/x', { body: {}, admit: refuse })).rejects.toBeInstanceOf(Fenced);
  expect(received).toEqual([]);
});

test('permission is asked for after the wait for a turn, not before it', async () => {
  handler = (_request, _body, response) => answer(response, 200, {});
  const slow = new Rest(rest.endpoint, { clock: systemClock, perSecond: 5, burst: 1 });
  await slow.request('GET', '/x');
  const before = systemClock.now();
  let askedAt = 0;
  await slow.request('PATCH', '/x', { body: {}, admit: () => (askedAt = systemClock.now()) });
  expect(askedAt - before).toBeGreaterThan(150);
  slow.close();
});

test('no more than sixteen are under way, permission is asked for after the wait for one of them, and a lease does not wait', async () => {
  const held: (() => void)[] = [];
  handler = (request, _body, response) => {
    if (request.url === '/lease') answer(response, 200, {});
    else held.push(() => answer(response, 200, {}));
  };
  const under = Array.from({ length: 16 }, () => rest.request('GET', '/x'));
  while (held.length < 16) await systemClock.sleep(1);
  let admitted = false;
  const waiting = rest.request('PATCH', '/x', { body: {}, admit: () => (admitted = true) });
  await rest.request('GET', '/lease', { urgent: true });
  expect([held.length, admitted]).toEqual([16, false]);
  held[0]!();
  while (held.length < 17) await systemClock.sleep(1);
  expect(admitted).toBe(true);
  for (const answerNow of held.slice(1)) answerNow();
  await Promise.all([...under, waiting]);
});

test('requests keep below the rate, whoever sends them', async () => {
  handler = (_request, _body, response) => answer(response, 200, {});
  const bounded = new Rest(rest.endpoint, { clock: systemClock, perSecond: 50, burst: 10 });
  const before = systemClock.now();
  await Promise.all(Array.from({ length: 30 }, () => bounded.request('GET', '/x')));
  expect(systemClock.now() - before).toBeGreaterThan(380);
  bounded.close();
});

test('a stream gives every line whole, however it is cut, and ends as the server ends it', async () => {
  handler = (_request, _body, response) => {
    response.writeHead(200);
    const bytes = Buffer.from('{"a":"ä"}\n\n{"b":2}\n');
    let at = 0;
    const drip = setInterval(() => {
      response.write(bytes.subarray(at, (at += 3)));
      if (at >= bytes.length) {
        clearInterval(drip);
        response.end();
      }
    }, 1);
  };
  const values: unknown[] = [];
  const signal = new AbortController().signal;
  await rest.stream('/x', { signal, onValue: (value) => values.push(value) });
  expect(values).toEqual([{ a: 'ä' }, { b: 2 }]);
  expect(rest.counts.watch).toBe(1);
});

test('a stream fails on what is not JSON', async () => {
  handler = (_request, _body, response) => response.writeHead(200).write('no\n');
  const { signal } = new AbortController();
  await expect(rest.stream('/x', { signal, onValue: () => {} })).rejects.toBeInstanceOf(SyntaxError);
});

test('a stream that does not begin is given up on; one that began may be silent', async () => {
  handler = (request, _body, response) => {
    if (request.url === '/silent') response.writeHead(200).flushHeaders();
    if (request.url === '/silent') setTimeout(() => response.end(), 1_000);
  };
  const { signal } = new AbortController();
  const options = { signal, onValue: () => {} };
  await expect(rest.stream('/never', { ...options, timeoutMs: 60 })).rejects.toThrow('no answer within 60 ms');
  await rest.stream('/silent', { ...options, timeoutMs: 500 });
});
