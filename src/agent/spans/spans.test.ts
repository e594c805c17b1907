import { beforeEach, describe, expect, test } from '@jest/globals';
import { flightOf, type FlightSummary } from '../bpf/contract.ts';
import { encodeTraces, type Exemplar, type ResourceSpans } from '../otlp/index.ts';
import { decodeMessage } from '../otlp/opentelemetry.fixture.ts';
import { bothEnds, exchange, identity, kept } from './exchange.fixture.ts';
import { Spans } from './spans.ts';
import { WallClock } from './wall-clock.ts';

interface Span {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly startTimeUnixNano: string;
  readonly links?: readonly { traceId: string; spanId: string }[];
  readonly attributes: readonly { key: string; value: object }[];
}

let flight: FlightSummary[];
let counted: boolean;
let exemplars: [string, Exemplar][];
let spans: Spans;
beforeEach(() => {
  flight = [];
  counted = false;
  exemplars = [];
  spans = new Spans({
    scanFlight: (sinceNs, untilNs) => flightOf(flight, sinceNs, untilNs),
    identityOf: (service) => identity(`s${service}`, service === 3 ? 'nodejs' : undefined),
    routeOf: (hash) => `/${hash}`,
    isCounted: () => counted,
    onExemplar: (...one) => exemplars.push(one),
    capture: { headers: ['x-id'], query: false },
    wallClock: new WallClock(),
    holdMs: 1_000,
    mostItems: 100,
  });
});

function decoded(groups: readonly ResourceSpans[]): Span[] {
  const request = decodeMessage('TracesRequest', encodeTraces(groups, { name: 'a', version: '1' })) as {
    resourceSpans?: { scopeSpans: { spans: Span[] }[] }[];
  };
  return (request.resourceSpans ?? []).flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
}
const attribute = (span: Span | undefined, key: string) =>
  Object.values(span?.attributes.find((one) => one.key === key)?.value ?? {})[0];
const why = (span: Span) => attribute(span, 'ostack.kept');
const find = (all: readonly Span[], kind: 'server' | 'client', route: string) =>
  all.find((span) => span.kind === (kind === 'server' ? 2 : 3) && span.name.endsWith(route)) as Span;

test('a kept exchange waits for its relatives and goes out once', () => {
  spans.take(kept(exchange()), 0);
  expect(spans.collect(500)).toEqual([]);
  expect(decoded(spans.collect(1_000))).toHaveLength(1);
  expect(spans.collect(10_000)).toEqual([]);
});

test('a span shows the request in the words of the conventions, and nothing that was not asked for', () => {
  spans.take(kept(exchange({ status: 503, startMs: 1, durationMs: 2 })), 0);
  const [span] = decoded(spans.collect(1_000));
  expect(span).toMatchObject({
    name: 'GET /1',
    kind: 2,
    startTimeUnixNano: '1000000',
    endTimeUnixNano: '4000000',
    status: { code: 2 },
  });
  expect(Object.fromEntries(span?.attributes.map(({ key, value }) => [key, Object.values(value)[0]]) ?? [])).toEqual({
    'http.request.method': 'GET',
    'http.response.status_code': '503',
    'http.route': '/1',
    'url.scheme': 'http',
    'url.path': '/orders/7',
    'server.address': 'shop.test',
    'server.port': '8080',
    'client.address': '10.0.0.2',
    'network.peer.address': '10.0.0.2',
    'network.peer.port': '40000',
    'network.transport': 'tcp',
    'network.protocol.version': '1.1',
    'http.request.body.size': '0',
    'http.response.body.size': '0',
    'http.request.header.x-id': { values: [{ stringValue: '5' }] },
    'error.type': '503',
    'ostack.kept': 'error',
  });
});

test('each span is an exemplar of the series it was counted in', () => {
  spans.take(kept(exchange({ durationMs: 250 })), 0);
  const [span] = decoded(spans.collect(1_000));
  const [[key, exemplar]] = exemplars as [[string, Exemplar]];
  expect(key).toBe('1 server GET 200 8080  /1');
  expect(exemplar.value).toBe(0.25);
  expect(Buffer.from(exemplar.spanId).toString('hex')).toBe(span?.spanId);
});

describe('a call whose ends are both here', () => {
  test('begins at its client, also where the server was seen to have it first', () => {
    const call = bothEnds({ client: { tgid: 1, startNs: 3_000n }, server: { tgid: 2, startNs: 2_000n } });
    for (const end of [call.client, call.server]) spans.take(kept(end), 0);
    const all = decoded(spans.collect(1_000));
    const starts = all.map(({ kind, startTimeUnixNano }) => [kind, Number(startTimeUnixNano)]).sort();
    expect(starts).toEqual([
      [2, 2_000],
      [3, 2_000],
    ]);
  });

  test('is one trace: the client span is the parent', () => {
    const call = bothEnds({ client: { serviceId: 1, tgid: 1 }, server: { serviceId: 2, tgid: 2 } });
    spans.take(kept(call.server), 0);
    spans.take(kept(call.client), 0);
    const all = decoded(spans.collect(1_000));
    const [client, server] = [find(all, 'client', '/1'), find(all, 'server', '/1')];
    expect(server).toMatchObject({ traceId: client.traceId, parentSpanId: client.spanId });
    expect(client.parentSpanId).toBeUndefined();
  });

  test('also if only one end was kept: the other comes back from the flight recorder, once', () => {
    const call = bothEnds({ client: { serviceId: 1, tgid: 1 }, server: { serviceId: 2, tgid: 2 } });
    flight = [call.server, exchange({ tgid: 99, remote: { address: '10.9.9.9', port: 1 } })];
    spans.take(kept(call.client), 0);
    const all = decoded(spans.collect(1_000));
    expect(all.map(why).sort()).toEqual(['error', 'relative']);
    spans.take(kept(exchange()), 1_000);
    expect(decoded(spans.collect(2_000)).map(why)).toEqual(['error']);
  });

  test('agents on two nodes give the ends matching ids without a word between them', () => {
    counted = true;
    const call = bothEnds({
      client: { serviceId: 1 },
      server: { serviceId: 2, remote: { address: '10.0.0.9', port: 1 } },
    });
    const server = { ...call.server, remote: call.client.local };
    spans.take(kept(call.client), 0);
    const [client] = decoded(spans.collect(1_000));
    const other = new Spans({
      scanFlight: (sinceNs, untilNs) => flightOf([], sinceNs, untilNs),
      identityOf: () => identity('far'),
      routeOf: () => '/1',
      isCounted: () => true,
      onExemplar: () => {},
      capture: { headers: [], query: false },
      wallClock: new WallClock(),
      holdMs: 0,
      mostItems: 100,
    });
    other.take(kept(server), 0);
    expect(decoded(other.collect(1))).toMatchObject([{ traceId: client?.traceId, parentSpanId: client?.spanId }]);
  });

  test('a caller nobody sees is no parent', () => {
    spans.take(kept(exchange()), 0);
    expect(decoded(spans.collect(1_000))[0]?.parentSpanId).toBeUndefined();
  });
});

describe('traceparent', () => {
  const header = { traceId: 'd'.repeat(32), parentSpanId: '1234567890abcdef', traceFlags: 1 };

  test('names trace and parent of a request from a caller with an SDK', () => {
    spans.take(kept(exchange(header)), 0);
    expect(decoded(spans.collect(1_000))).toMatchObject([
      { traceId: header.traceId, parentSpanId: header.parentSpanId },
    ]);
  });

  test('passed on by a caller without an SDK, it names the trace and the call is the parent', () => {
    const call = bothEnds({ ...header, client: { serviceId: 1, tgid: 1 }, server: { serviceId: 2, tgid: 2 } });
    const both = [call.client, call.server].map((end) => ({ ...end, traceId: header.traceId }));
    for (const end of both) spans.take(kept(end), 0);
    const all = decoded(spans.collect(1_000));
    expect(find(all, 'client', '/1').parentSpanId).toBe(header.parentSpanId);
    expect(find(all, 'server', '/1').parentSpanId).toBe(find(all, 'client', '/1').spanId);
  });

  test('brings the rest of the trace back from the flight recorder', () => {
    flight = [exchange({ ...header, routeHash: 2n, tgid: 8, remote: { address: '10.0.0.7', port: 5 } })];
    spans.take(kept(exchange(header)), 0);
    expect(decoded(spans.collect(1_000)).map((span) => span.name)).toEqual(['GET /1', 'GET /2']);
  });
});

const outgoing = () =>
  bothEnds({ startMs: 10, durationMs: 5, client: { serviceId: 3, tgid: 3 }, server: { serviceId: 2, tgid: 2 } });

describe('a call made while serving a request', () => {
  const incoming = exchange({
    serviceId: 3,
    tgid: 3,
    startMs: 0,
    durationMs: 100,
    traceId: 'e'.repeat(32),
    routeHash: 7n,
  });

  test('is in the trace of that request, as is its far end here', () => {
    const call = outgoing();
    flight = [call.client, call.server];
    spans.take(kept(incoming), 0);
    const all = decoded(spans.collect(1_000));
    const [root, client, server] = [find(all, 'server', '/7'), find(all, 'client', '/1'), find(all, 'server', '/1')];
    expect(new Set(all.map((span) => span.traceId))).toEqual(new Set(['e'.repeat(32)]));
    expect([root.parentSpanId, client.parentSpanId, server.parentSpanId]).toEqual([
      undefined,
      root.spanId,
      client.spanId,
    ]);
  });

  test('the failed call brings back the request it was made for', () => {
    const call = outgoing();
    flight = [incoming];
    spans.take(kept(call.client), 0);
    expect(decoded(spans.collect(1_000)).map(why).sort()).toEqual(['error', 'relative']);
  });

  test('stays in the trace its far end knows if that is on another node, and links to its cause', () => {
    counted = true;
    const call = outgoing();
    flight = [incoming];
    spans.take(kept(call.client), 0);
    const all = decoded(spans.collect(1_000));
    const [root, client] = [find(all, 'server', '/7'), find(all, 'client', '/1')];
    expect(client).toMatchObject({
      traceId: call.client.traceId,
      links: [{ traceId: root.traceId, spanId: root.spanId }],
    });
    expect(client.parentSpanId).toBeUndefined();
  });
});

test.each([
  ['error', 0n, 'ot=th:0'],
  ['slow', 5n, 'ot=th:0'],
  ['share', 0xe6666666666666n, 'ot=th:e6666666666666'],
  ['share', 0x80000000000000n, 'ot=th:8'],
  ['share', 0n, 'ot=th:0'],
] as const)('a span kept for %s says with which threshold', (verdict, threshold, expected) => {
  spans.take(kept(exchange(), { verdict, threshold }), 0);
  expect(decoded(spans.collect(1_000))[0]?.traceState).toBe(expected);
});

test('a span moved to another trace still says what it was drawn by', () => {
  const incoming = exchange({ serviceId: 3, tgid: 3, startMs: 0, durationMs: 100, traceId: 'e'.repeat(32) });
  const call = bothEnds({ startMs: 10, client: { serviceId: 3, tgid: 3 }, server: { serviceId: 2, tgid: 2 } });
  spans.take(kept(incoming, { verdict: 'share' }), 0);
  spans.take(kept(call.client, { verdict: 'share', threshold: 0x80000000000000n }), 0);
  expect(
    decoded(spans.collect(1_000))
      .map((span) => span.traceState)
      .sort(),
  ).toEqual(['ot=rv:' + call.client.traceId.slice(-14) + ';th:8', 'ot=th:0'].sort());
});

test('a head that was longer than what is kept of it is counted, for a header may be missing', () => {
  const cut = { requestHead: Buffer.from(`GET /7 HTTP/1.1\r\nCookie: ${'c'.repeat(300)}`).subarray(0, 256) };
  spans.take(kept(exchange(), cut), 0);
  spans.take(kept(exchange({ requestSequence: 2 })), 0);
  const [first, second] = decoded(spans.collect(1_000));
  expect([attribute(first, 'http.request.header.x-id'), attribute(second, 'http.request.header.x-id')]).toEqual([
    undefined,
    { values: [{ stringValue: '5' }] },
  ]);
  expect(spans.counters.get('span_heads_cut_total')).toBe(1);
  spans.reconfigure({ headers: [], query: false });
  spans.take(kept(exchange({ requestSequence: 3 }), cut), 2_000);
  expect(decoded(spans.collect(4_000))).toHaveLength(1);
  expect(spans.counters.get('span_heads_cut_total')).toBe(1);
});

test('under a flood memory stays bounded: spans go out at once, and that is counted', () => {
  for (let i = 0; i < 120; i++) spans.take(kept(exchange({ requestSequence: 100_000 + i })), 0);
  expect(decoded(spans.collect(1))).toHaveLength(120);
  expect(spans.counters.get('spans_hurried_total')).toBe(120);
});
