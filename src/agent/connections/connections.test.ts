import { beforeEach, expect, test } from '@jest/globals';
import type { ConnectionClose } from '../bpf/contract.ts';
import { encodeMetrics } from '../otlp/index.ts';
import { decodeMessage } from '../otlp/opentelemetry.fixture.ts';
import { Services } from '../process/index.ts';
import { Connections } from './connections.ts';

const close = (changes: Partial<ConnectionClose> = {}): ConnectionClose => ({
  kind: 'close',
  socket: 1n,
  serviceId: 1,
  tgid: 7,
  side: 'client',
  local: { address: '10.0.0.1', port: 50_000 },
  remote: { address: '10.0.0.2', port: 5432 },
  failed: false,
  openedNs: 0n,
  closedNs: 9n,
  connectNs: 300_000n,
  sentBytes: 10n,
  receivedBytes: 20n,
  exchanges: 1,
  smoothedRttUs: 2_000,
  retransmits: 1,
  ...changes,
});

let services: Services;
let connections: Connections;
beforeEach(() => {
  services = new Services(8, () => 1_000);
  services.enter({ key: 'shop', name: 'shop', namespace: '', resource: { 'service.name': 'shop' } });
  connections = new Connections({ services, seriesLimit: 3, startMs: 1_000 });
});

interface Point {
  readonly asInt?: string;
  readonly count?: string;
  readonly sum?: number;
  readonly startTimeUnixNano: string;
  readonly attributes: readonly { key: string; value: object }[];
}

/** `name{attributes} value` of every point, as a receiver decodes them. */
function lines(): string[] {
  const body = encodeMetrics(connections.collect(5_000), { name: 'a', version: '1' }, 5_000);
  const { resourceMetrics = [] } = decodeMessage('MetricsRequest', body) as {
    resourceMetrics?: {
      scopeMetrics: {
        metrics: { name: string; unit: string; sum?: { dataPoints: Point[] }; histogram?: { dataPoints: Point[] } }[];
      }[];
    }[];
  };
  return resourceMetrics.flatMap(({ scopeMetrics }) =>
    scopeMetrics.flatMap(({ metrics }) =>
      metrics.flatMap(({ name, unit, sum, histogram }) =>
        ((sum ?? histogram)?.dataPoints ?? []).map((point) => {
          const labels = point.attributes
            .filter(({ key }) => key !== 'network.transport')
            .map(({ value }) => Object.values(value)[0]);
          const value = histogram ? `${point.count} in ${point.sum} ${unit}` : point.asInt;
          return `${name}{${labels.join()}} ${value}`;
        }),
      ),
    ),
  );
}

test('what closed connections moved, needed and suffered, by whom they were to', () => {
  connections.take(close());
  connections.take(close({ connectNs: 700_000n }));
  expect(lines()).toEqual([
    'tcp.connections.closed{client,10.0.0.2,5432} 2',
    'tcp.connections.failed{client,10.0.0.2,5432} 0',
    'tcp.connection.io{client,10.0.0.2,5432,transmit} 20',
    'tcp.connection.io{client,10.0.0.2,5432,receive} 40',
    'tcp.connection.retransmits{client,10.0.0.2,5432} 2',
    'tcp.connection.connect.duration{client,10.0.0.2,5432} 2 in 0.001 s',
    'tcp.connection.rtt{client,10.0.0.2,5432} 2 in 0.004 s',
  ]);
});

test.each<[string, Partial<ConnectionClose>, string]>([
  [
    'a failed attempt is no closed connection',
    { failed: true, side: 'unknown', connectNs: 0n },
    'tcp.connections.failed{client,10.0.0.2,5432} 1',
  ],
  ['an accepted one is known by its port', { side: 'server', connectNs: 0n }, 'tcp.connections.closed{server,50000} 1'],
  [
    'one of an unknown protocol that was seen to open is a client',
    { side: 'unknown' },
    'tcp.connections.closed{client,10.0.0.2,5432} 1',
  ],
  ['one that was open before and silent has no side', { side: 'unknown', connectNs: 0n }, 'tcp.connections.closed{} 1'],
])('%s', (_, changes, line) => {
  connections.take(close(changes));
  expect(lines()).toContain(line);
});

test('above the limit peers are counted together', () => {
  for (let i = 0; i < 9; i++) connections.take(close({ remote: { address: `10.0.1.${i}`, port: 1 } }));
  expect(lines().filter((line) => line.startsWith('tcp.connections.closed'))).toEqual([
    'tcp.connections.closed{client,10.0.1.0,1} 1',
    'tcp.connections.closed{client,10.0.1.1,1} 1',
    'tcp.connections.closed{client,10.0.1.2,1} 1',
    'tcp.connections.closed{true} 6',
  ]);
});

test('a service may go once its last summary was received, and takes its series along', () => {
  connections.take(close());
  expect(connections.areDelivered(1)).toBe(false);
  lines();
  connections.delivered(4_999);
  expect(connections.areDelivered(1)).toBe(false);
  connections.delivered(5_000);
  expect(connections.areDelivered(1)).toBe(true);
  connections.take(close());
  expect(connections.areDelivered(1)).toBe(false);
  connections.forget(1);
  expect([lines(), connections.areDelivered(1)]).toEqual([[], true]);
});

test("the close of nobody's connection is counted as that", () => {
  connections.take(close({ serviceId: 5 }));
  expect([lines(), connections.counters.get('connections_without_service_total')]).toEqual([[], 1]);
});
