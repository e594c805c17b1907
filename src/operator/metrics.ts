import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { StackStatus } from '../api/index.ts';
import type { ClusterStats } from '../kube/index.ts';
import type { Trip } from './canary/round.ts';
import type { StackKey } from './stack-key.ts';

/** What the operator says of itself at /metrics. */
export class OperatorMetrics {
  readonly registry = new Registry();
  private readonly passes = new Counter({
    name: 'ostack_operator_reconciles_total',
    help: 'Passes over a stack, by result.',
    labelNames: ['result'] as const,
    registers: [this.registry],
  });
  private readonly duration = new Histogram({
    name: 'ostack_operator_reconcile_duration_seconds',
    help: 'Duration of a pass over a stack.',
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
    registers: [this.registry],
  });
  private readonly writes = new Counter({
    name: 'ostack_operator_writes_total',
    help: 'Writes to the API server, by kind of object and verb.',
    labelNames: ['kind', 'verb'] as const,
    registers: [this.registry],
  });
  private readonly conditions = new Gauge({
    name: 'ostack_stack_condition',
    help: '1 for the status a condition of a stack has.',
    labelNames: ['namespace', 'stack', 'condition', 'status'] as const,
    registers: [this.registry],
  });
  private readonly roundTrip = new Histogram({
    name: 'ostack_canary_round_trip_seconds',
    help: 'From sending a canary to finding it in its backend.',
    labelNames: ['signal'] as const,
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 20, 30, 60],
    registers: [this.registry],
  });
  private readonly lost = new Counter({
    name: 'ostack_canary_lost_total',
    help: 'Canaries that were not found in time.',
    labelNames: ['signal'] as const,
    registers: [this.registry],
  });
  private readonly shown = new Map<StackKey, StackStatus>();

  /** `sources` are read at each scrape. */
  constructor(sources: { stats(): ClusterStats; staleSeconds(): number; depth(): number; leading(): boolean }) {
    collectDefaultMetrics({ register: this.registry });
    this.gauge('ostack_operator_leading', 'Whether this replica leads.', () => (sources.leading() ? 1 : 0));
    this.gauge('ostack_operator_queue_depth', 'Stacks that wait for a pass.', () => sources.depth());
    this.gauge('ostack_operator_watch_stale_seconds', 'How long the worst watch has been down.', () =>
      sources.staleSeconds(),
    );
    this.gauge('ostack_operator_watched_objects', 'Objects in the stores.', () => sources.stats().objects);
    this.counter(
      'ostack_operator_missed_events_total',
      'Events no watch brought, found by audits.',
      () => sources.stats().missed,
    );
    this.counter(
      'ostack_operator_watch_failures_total',
      'Watches and lists that failed.',
      () => sources.stats().failures,
    );
    const requests: Counter<'verb'> = new Counter({
      name: 'ostack_operator_requests_total',
      help: 'Requests to the API server, by verb.',
      labelNames: ['verb'] as const,
      registers: [this.registry],
      collect: () => {
        requests.reset();
        for (const [verb, count] of Object.entries(sources.stats().requests)) requests.inc({ verb }, count);
      },
    });
  }

  passed(result: 'done' | 'again' | 'failed', seconds: number): void {
    this.passes.inc({ result });
    this.duration.observe(seconds);
  }

  wrote(kind: string, verb: string): void {
    this.writes.inc({ kind, verb });
  }

  tripped(trip: Trip): void {
    if (trip.found) this.roundTrip.observe({ signal: trip.signal }, trip.tookMs / 1000);
    else this.lost.inc({ signal: trip.signal });
  }

  /** Publishes the conditions of a stack; the same status again costs nothing. */
  published(key: StackKey, status: StackStatus): void {
    if (this.shown.get(key) === status) return;
    this.forget(key);
    this.shown.set(key, status);
    for (const labels of seriesOf(key, status)) this.conditions.set(labels, 1);
  }

  forget(key: StackKey): void {
    for (const labels of seriesOf(key, this.shown.get(key))) this.conditions.remove(labels);
    this.shown.delete(key);
  }

  private gauge(name: string, help: string, read: () => number): void {
    const made: Gauge = new Gauge({ name, help, registers: [this.registry], collect: () => made.set(read()) });
  }

  private counter(name: string, help: string, read: () => number): void {
    const made: Counter = new Counter({
      name,
      help,
      registers: [this.registry],
      collect: () => {
        made.reset();
        made.inc(read());
      },
    });
  }
}

function seriesOf(key: StackKey, status: StackStatus | undefined) {
  const [namespace = '', stack = ''] = key.split('/');
  return (status?.conditions ?? []).map((c) => ({ namespace, stack, condition: c.type, status: c.status }));
}
