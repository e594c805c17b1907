import type { ConnectionClose } from '../bpf/contract.ts';
import { Counters } from '../counters.ts';
import {
  AttributeCache,
  attributeField,
  encodeAttributes,
  type Attributes,
  type ResourceMetrics,
} from '../otlp/index.ts';
import type { Services } from '../process/index.ts';
import { connectionMetrics, type ConnectionSeries } from './connection-metrics.ts';
import { ConnectionTotals } from './connection-totals.ts';

export interface ConnectionsOptions {
  readonly services: Services;
  /** Above it a service's further series are counted together. */
  readonly seriesLimit: number;
  readonly startMs: number;
}

interface OwnSeries {
  readonly series: Map<string, ConnectionSeries>;
  changed: boolean;
  changedMs: number;
}

/** Close summaries in, TCP metrics per service out. */
export class Connections {
  readonly counters = new Counters();
  readonly #options: ConnectionsOptions;
  readonly #attributes = new AttributeCache();
  readonly #byService = new Map<number, OwnSeries>();
  #seriesLimit: number;
  #count = 0;
  #deliveredMs = Number.NEGATIVE_INFINITY;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#seriesLimit = options.seriesLimit;
  }

  /** What is counted together already stays so: a series that moved out of it would make its counter fall. */
  reconfigure(seriesLimit: number): void {
    this.#seriesLimit = seriesLimit;
  }

  take(close: ConnectionClose): void {
    if (!this.#options.services.get(close.serviceId)) {
      this.counters.add('connections_without_service_total');
      return;
    }
    let own = this.#byService.get(close.serviceId);
    if (!own) this.#byService.set(close.serviceId, (own = { series: new Map(), changed: true, changedMs: 0 }));
    own.changed = true;
    this.#seriesOf(own, attributesOf(close)).totals.add(close);
  }

  collect(nowMs: number): ResourceMetrics[] {
    const { services, startMs } = this.#options;
    const groups: ResourceMetrics[] = [];
    for (const [id, own] of this.#byService) {
      const identity = services.get(id);
      if (!identity) continue;
      if (own.changed) own.changedMs = nowMs;
      own.changed = false;
      const since = Math.max(startMs, services.sinceMs(id) ?? 0);
      groups.push({
        resource: this.#encode(attributeField.resource, identity.resource),
        metrics: connectionMetrics([...own.series.values()], since, this.#encode),
      });
    }
    this.counters.set('connection_series', this.#count);
    this.#attributes.sweep();
    return groups;
  }

  /** What `collect` gave at that time has been received. */
  delivered(collectedMs: number): void {
    this.#deliveredMs = Math.max(this.#deliveredMs, collectedMs);
  }

  areDelivered(service: number): boolean {
    const own = this.#byService.get(service);
    return !own || (!own.changed && own.changedMs <= this.#deliveredMs);
  }

  /** A service is gone; its id may come to stand for another. */
  forget(service: number): void {
    this.#count -= this.#byService.get(service)?.series.size ?? 0;
    this.#byService.delete(service);
  }

  #seriesOf({ series }: OwnSeries, attributes: Attributes): ConnectionSeries {
    const wanted = JSON.stringify(attributes);
    const full = this.#count >= this.#seriesLimit && !series.has(wanted);
    const key = full ? 'overflow' : wanted;
    let found = series.get(key);
    if (!found) {
      series.set(
        key,
        (found = { attributes: full ? { 'otel.metric.overflow': true } : attributes, totals: new ConnectionTotals() }),
      );
      this.#count++;
    }
    return found;
  }

  readonly #encode = (field: number, attributes: Attributes): Uint8Array =>
    this.#attributes.get(`${field} ${JSON.stringify(attributes)}`, () => encodeAttributes(field, attributes));
}

/** Whom this end called, or on which port it was called. Who opened a connection is not known of all that were open before. */
function attributesOf({ side, failed, connectNs, local, remote }: ConnectionClose): Attributes {
  const transport = { 'network.transport': 'tcp' };
  if (side === 'client' || failed || connectNs > 0n)
    return { ...transport, 'connection.side': 'client', 'server.address': remote.address, 'server.port': remote.port };
  return side === 'server' ? { ...transport, 'connection.side': 'server', 'server.port': local.port } : transport;
}
