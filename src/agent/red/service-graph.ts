import type { RedRow } from '../bpf/contract.ts';
import { attributeField, type Attributes, type Metric } from '../otlp/index.ts';
import type { Peer } from '../process/index.ts';
import type { Encode } from './http-metrics.ts';
import type { Totals } from './totals.ts';

export interface Party {
  readonly name: string;
  readonly namespace: string;
}

/** One arrow of the graph. Of a call that both ends count, only one end makes the arrow. */
export interface Edge {
  readonly client: Party;
  readonly server: Party;
  /** One end is not instrumented and known by name or address only. */
  readonly virtual: boolean;
  readonly startMs: number;
  /** Running totals. */
  readonly requests: Totals;
  failed: number;
  /** Which end the durations were taken at. */
  readonly side: 'server' | 'client';
}

export type Ends = Pick<Edge, 'client' | 'server' | 'virtual'>;

export interface EdgeSource {
  readonly partyOf: (service: number) => Party | undefined;
  /** An SDK in the service reports the same requests. */
  readonly reportsItself: (service: number) => boolean;
  readonly peerOf: (address: string) => Peer;
  /** The selected service that a client's calls to an address of this host reach. */
  readonly listenerOf: (row: RedRow) => Party | undefined;
  /** In a cluster the host's own requests are probes of the kubelet and no edge. */
  readonly inCluster: boolean;
}

/**
 * The two ends of a row's requests; undefined where another makes the arrow, or nobody does. What the SDKs at both ends
 * report is an arrow of theirs, and so is a root span that an SDK serves for somebody unknown.
 */
export function endsOf(row: RedRow, source: EdgeSource): Ends | 'pending' | undefined {
  const own = source.partyOf(row.serviceId);
  const peer = source.peerOf(row.peer.address);
  if (peer.kind === 'pending') return 'pending';
  if (!own) return undefined;
  const reports = source.reportsItself(row.serviceId);
  if (peer.kind === 'workload' && peer.reportsItself && reports) return undefined;
  if (row.side === 'server') {
    switch (peer.kind) {
      case 'workload':
        return { client: partyOf(peer), server: own, virtual: !peer.counted };
      case 'outside':
        return reports ? undefined : { client: { name: 'user', namespace: '' }, server: own, virtual: true };
      default:
        return undefined;
    }
  }
  switch (peer.kind) {
    case 'workload':
      return peer.counted ? undefined : { client: own, server: partyOf(peer), virtual: true };
    case 'host': {
      const listener = source.listenerOf(row);
      if (listener) return { client: own, server: listener, virtual: false };
      return source.inCluster ? undefined : { client: own, server: addressOf(row), virtual: true };
    }
    case 'outside':
      return { client: own, server: addressOf(row), virtual: true };
    default:
      return undefined;
  }
}

function partyOf({ name, namespace }: Party): Party {
  return { name, namespace };
}

function addressOf(row: RedRow): Party {
  const { address, port } = row.peer;
  return { name: address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`, namespace: '' };
}

/** The families of Tempo's and the collector's service graph. */
export function graphMetrics(edges: readonly Edge[], boundsSeconds: readonly number[], encode: Encode): Metric[] {
  if (edges.length === 0) return [];
  const attributes = (edge: Edge, field: number) =>
    encode(`edge ${field} ${JSON.stringify([edge.client, edge.server, edge.virtual])}`, field, () => labels(edge));
  const sum = (name: string, description: string, value: (edge: Edge) => number): Metric => ({
    kind: 'sum',
    name,
    description,
    unit: '',
    points: edges.map((edge) => ({
      attributes: attributes(edge, attributeField.number),
      startMs: edge.startMs,
      value: value(edge),
    })),
  });
  const durations = (side: Edge['side']): Metric => ({
    kind: 'histogram',
    name: `traces_service_graph_request_${side}`,
    description: `Durations of requests between two services, taken at the ${side}.`,
    unit: 's',
    points: edges
      .filter((edge) => edge.side === side)
      .map((edge) => ({
        attributes: attributes(edge, attributeField.histogram),
        startMs: edge.startMs,
        count: edge.requests.count,
        sum: edge.requests.sumNs / 1e9,
        bounds: boundsSeconds,
        buckets: edge.requests.buckets,
        exemplars: [],
      })),
  });
  return [
    sum('traces_service_graph_request_total', 'Requests between two services.', (edge) => edge.requests.count),
    sum('traces_service_graph_request_failed_total', 'Failed requests between two services.', (edge) => edge.failed),
    durations('server'),
    durations('client'),
  ];
}

function labels({ client, server, virtual }: Edge): Attributes {
  return {
    client: client.name,
    client_service_namespace: client.namespace || undefined,
    server: server.name,
    server_service_namespace: server.namespace || undefined,
    connection_type: virtual ? 'virtual_node' : undefined,
  };
}
