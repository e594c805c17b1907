import { attributeField, type Attributes, type Metric } from '../otlp/index.ts';
import { boundsSeconds, type ConnectionTotals, type Seconds } from './connection-totals.ts';

export interface ConnectionSeries {
  readonly attributes: Attributes;
  readonly totals: ConnectionTotals;
}

type Encode = (field: number, attributes: Attributes) => Uint8Array;

/** Metrics of one service's closed TCP connections; attributes as in https://opentelemetry.io/docs/specs/semconv/general/attributes/ */
export function connectionMetrics(all: readonly ConnectionSeries[], startMs: number, encode: Encode): Metric[] {
  const number = (attributes: Attributes, value: number) => ({
    attributes: encode(attributeField.number, attributes),
    startMs,
    value,
  });
  const sum = (
    name: string,
    description: string,
    unit: string,
    value: (totals: ConnectionTotals) => number,
  ): Metric => ({
    kind: 'sum',
    name,
    description,
    unit,
    points: all.map(({ attributes, totals }) => number(attributes, value(totals))),
  });
  const seconds = (name: string, description: string, of: (totals: ConnectionTotals) => Seconds): Metric => ({
    kind: 'histogram',
    name,
    description,
    unit: 's',
    points: all
      .filter(({ totals }) => of(totals).count > 0)
      .map(({ attributes, totals }) => ({
        attributes: encode(attributeField.histogram, attributes),
        startMs,
        count: of(totals).count,
        sum: of(totals).sum,
        bounds: boundsSeconds,
        buckets: of(totals).buckets,
        exemplars: [],
      })),
  });
  const metrics: Metric[] = [
    sum('tcp.connections.closed', 'Connections that ended.', '{connection}', ({ closed }) => closed),
    sum('tcp.connections.failed', 'Attempts to connect that came to nothing.', '{connection}', ({ failed }) => failed),
    {
      kind: 'sum',
      name: 'tcp.connection.io',
      description: 'Bytes that ended connections moved.',
      unit: 'By',
      points: all.flatMap(({ attributes, totals }) => [
        number({ ...attributes, 'network.io.direction': 'transmit' }, totals.sentBytes),
        number({ ...attributes, 'network.io.direction': 'receive' }, totals.receivedBytes),
      ]),
    },
    sum('tcp.connection.retransmits', 'Segments sent again.', '{segment}', ({ retransmits }) => retransmits),
    seconds('tcp.connection.connect.duration', 'Time from SYN to established.', ({ connect }) => connect),
    seconds('tcp.connection.rtt', 'Smoothed round-trip time at the end of a connection.', ({ roundTrip }) => roundTrip),
  ];
  return metrics.filter(({ points }) => points.length > 0);
}
