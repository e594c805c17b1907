import { type Kernel, type OverflowRow, type RedRow, bucketBoundsNs } from '../bpf/contract.ts';
import type { MetricFamily, RouteRule } from '../config/index.ts';
import { Counters } from '../counters.ts';
import {
  AttributeCache,
  attributeField,
  encodeAttributes,
  type Attributes,
  type Exemplar,
  type Metric,
  type ResourceMetrics,
} from '../otlp/index.ts';
import type { Peer, Services } from '../process/index.ts';
import { Baselines } from './baselines.ts';
import { EdgeLedger } from './edge-ledger.ts';
import { httpMetrics, type LiveSeries } from './http-metrics.ts';
import { LastCounts } from './last-counts.ts';
import { listenersOf } from './listeners.ts';
import { Routes } from './routes.ts';
import { foldSeries, type Series } from './series.ts';
import { endsOf, graphMetrics, type Party } from './service-graph.ts';
import { spanMetrics } from './span-metrics.ts';

export interface RedOptions {
  readonly kernel: Pick<Kernel, 'readRed' | 'readOverflow' | 'routeText'>;
  /** Whether nothing else of a service waits to be delivered; absent if nothing else is. */
  readonly mayRemove?: (service: number) => boolean;
  /** Frees what the kernel keeps of a service. @returns the exchanges it had counted by then. */
  readonly removeService: (service: number) => bigint;
  readonly services: Services;
  readonly routes: readonly RouteRule[];
  readonly families: readonly MetricFamily[];
  readonly seriesLimit: number;
  readonly peerOf: (address: string) => Peer;
  readonly inCluster: boolean;
  /** Resource of what belongs to no single service: the edges this node saw. */
  readonly ownResource: () => Attributes;
  readonly startMs: number;
}

/** A series nobody has used for this long is no longer sent; its count is kept and goes on where it stood. */
const staleAfterMs = 15 * 60_000;
const exemplarsPerSeries = 2;

/** Kernel rows in, OTLP metrics out: exact, cumulative, at a cost that grows with series and not with requests. */
export class Red {
  readonly counters = new Counters();
  readonly routes: Routes;
  readonly #options: RedOptions;
  readonly #bounds = bucketBoundsNs.map((bound) => Number(bound) / 1e9);
  readonly #baselines: Baselines;
  readonly #attributes = new AttributeCache();
  readonly #seen = new Map<string, { count: number; changedMs: number; service: number }>();
  readonly #refused = new Map<string, number>();
  readonly #edges: EdgeLedger;
  readonly #lastCounts = new LastCounts();
  readonly #exemplars = new Map<string, Exemplar[]>();
  #families: ReadonlySet<MetricFamily>;
  #seriesLimit: number;

  constructor(options: RedOptions) {
    this.#options = options;
    this.#families = new Set(options.families);
    this.#seriesLimit = options.seriesLimit;
    this.#baselines = new Baselines(options.startMs);
    this.#edges = new EdgeLedger(this.#bounds.length + 1);
    this.routes = new Routes((hash) => options.kernel.routeText(hash), options.routes);
  }

  /** New rules, families or limits. Other route names begin at 0, so nothing is counted under two of them. */
  reconfigure(
    routes: readonly RouteRule[] | undefined,
    families: readonly MetricFamily[],
    seriesLimit: number,
    nowMs: number,
  ): void {
    this.#families = new Set(families);
    this.#seriesLimit = seriesLimit;
    if (!routes) return;
    this.#baselines.restart(this.#rows().all, nowMs);
    this.routes.reconfigure(routes);
    this.#seen.clear();
    this.#refused.clear();
  }

  /** A kept span that shows what a series is made of; the last ones before an export go with it. */
  addExemplar(seriesKey: string, exemplar: Exemplar): void {
    const known = this.#exemplars.get(seriesKey) ?? [];
    known.push(exemplar);
    if (known.length > exemplarsPerSeries) known.shift();
    this.#exemplars.set(seriesKey, known);
  }

  /** Every series as it stands, for exports and for the local table. */
  read(): Map<string, Series> {
    const { rows, overflow } = this.#rows();
    return this.#fold(rows, overflow);
  }

  /** What `collect` gave at that time has been received. */
  delivered(collectedMs: number): void {
    this.#lastCounts.delivered(collectedMs);
  }

  /** What is to be exported now. Afterwards the services are removed that are gone and whose last counts were delivered. */
  collect(nowMs: number): ResourceMetrics[] {
    const { rows, overflow, all } = this.#rows();
    this.#lastCounts.read(all, nowMs);
    const live = this.#live(this.#fold(rows, overflow), nowMs);
    const groups: ResourceMetrics[] = [];
    for (const [id, identity] of this.#options.services) {
      const own = live.get(id);
      if (!own) continue;
      const metrics = [
        ...(this.#families.has('application') ? httpMetrics(own, this.#bounds, this.#encode) : []),
        ...(this.#families.has('spanMetrics') ? spanMetrics(identity, own, this.#bounds, this.#encode) : []),
      ];
      const resource = this.#attributes.get(`resource ${JSON.stringify(identity.resource)}`, () =>
        encodeAttributes(attributeField.resource, identity.resource),
      );
      if (metrics.length > 0) groups.push({ resource, metrics });
    }
    const graph = this.#families.has('serviceGraph') ? this.#graph(rows, nowMs) : [];
    if (graph.length > 0) {
      groups.push({ resource: encodeAttributes(attributeField.resource, this.#options.ownResource()), metrics: graph });
    }
    this.#attributes.sweep();
    this.#exemplars.clear();
    this.#retire();
    return groups;
  }

  #rows(): { rows: RedRow[]; overflow: OverflowRow[]; all: (RedRow | OverflowRow)[] } {
    const rows = this.#options.kernel.readRed();
    const overflow = this.#options.kernel.readOverflow();
    return { rows, overflow, all: [...rows, ...overflow] };
  }

  #fold(rows: readonly RedRow[], overflow: readonly OverflowRow[]): Map<string, Series> {
    let room = this.#seriesLimit - this.#seen.size;
    return foldSeries({
      rows,
      overflow,
      baselines: this.#baselines,
      bucketCount: this.#bounds.length + 1,
      routeOf: (hash) => this.routes.nameOf(hash),
      admit: (key, service) => {
        if (this.#seen.has(key)) return true;
        // Once folded, always folded: a series that moved out of the overflow would make its counter fall.
        if (this.#refused.has(key) || room <= 0) {
          this.#refused.set(key, service);
          return false;
        }
        room--;
        return true;
      },
    });
  }

  #live(series: ReadonlyMap<string, Series>, nowMs: number): Map<number, LiveSeries[]> {
    const live = new Map<number, LiveSeries[]>();
    for (const [key, one] of series) {
      const seen = this.#seen.get(key);
      const changed = seen?.count !== one.totals.count;
      if (changed) this.#seen.set(key, { count: one.totals.count, changedMs: nowMs, service: one.service });
      if (seen && !changed && nowMs - seen.changedMs > staleAfterMs) continue;
      const entry = {
        series: one,
        startMs: this.#startMs(one.service),
        exemplars: this.#exemplars.get(key) ?? [],
      };
      const own = live.get(one.service);
      if (own) own.push(entry);
      else live.set(one.service, [entry]);
    }
    this.counters.set('red_series', series.size);
    this.counters.set('red_series_over_limit', this.#refused.size);
    return live;
  }

  #graph(rows: readonly RedRow[], nowMs: number): Metric[] {
    const { services, peerOf, inCluster } = this.#options;
    const listenerOf = listenersOf(rows, services, inCluster);
    const source = {
      partyOf: (id: number) => party(services.get(id)),
      reportsItself: (id: number) => services.get(id)?.reportsItself === true,
      peerOf,
      listenerOf: (row: RedRow) => party(listenerOf(row)),
      inCluster,
    };
    const edges = this.#edges.read({
      rows,
      nowMs,
      endsOf: (row) => endsOf(row, source),
      startMs: (service) => this.#startMs(service),
    });
    this.counters.set('service_graph_edges', edges.length);
    return graphMetrics(edges, this.#bounds, this.#encode);
  }

  #startMs(service: number): number {
    return Math.max(this.#baselines.startMs, this.#options.services.sinceMs(service) ?? 0);
  }

  #retire(): void {
    const { services, mayRemove } = this.#options;
    const gone = services.retired().filter((id) => this.#lastCounts.areDelivered(id) && (mayRemove?.(id) ?? true));
    // A socket may outlive its process and be counted once more, when its service is no longer there to export it.
    const nobodys = [...this.#lastCounts.services()].filter((id) => services.get(id) === undefined);
    for (const id of [...gone, ...nobodys]) this.#remove(id);
    if (gone.length + nobodys.length > 0) this.routes.forget();
  }

  #remove(id: number): void {
    const { services, removeService } = this.#options;
    const exported = services.get(id) ? this.#lastCounts.exchangesOf(id) : 0n;
    const removed = removeService(id);
    this.counters.add('red_services_removed_total');
    if (removed > exported) this.counters.add('red_lost_total', Number(removed - exported));
    this.#baselines.forget(id);
    this.#edges.forget(id);
    this.#lastCounts.forget(id);
    for (const [key, seen] of this.#seen) if (seen.service === id) this.#seen.delete(key);
    for (const [key, service] of this.#refused) if (service === id) this.#refused.delete(key);
    services.flushed(id);
  }

  readonly #encode = (key: string, field: number, attributes: () => Attributes): Uint8Array =>
    this.#attributes.get(key, () => encodeAttributes(field, attributes()));
}

function party(identity: Party | undefined): Party | undefined {
  return identity && { name: identity.name, namespace: identity.namespace };
}
