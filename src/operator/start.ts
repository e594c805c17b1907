import { randomBytes } from 'node:crypto';
import {
  connect,
  Fenced,
  Lease,
  type ReflectorTiming,
  Rest,
  WatchedCluster,
  WorkQueue,
  type Contest,
} from '../kube/index.ts';
import { systemClock, type Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { Agents } from './agents/agents.ts';
import { Canaries, type CanaryPeriods } from './canary/canaries.ts';
import { plainHttp, type Http } from './canary/http.ts';
import { counted } from './counted.ts';
import { FactFinder } from './facts.ts';
import { OperatorMetrics } from './metrics.ts';
import { PlanCache } from './plan-cache.ts';
import { Reconciler } from './reconcile.ts';
import { scopesOf } from './scopes.ts';
import { startServer } from './server.ts';
import { stackApiVersion, stackKind, stackOf, stackRef, type StackKey } from './stack-key.ts';
import { gatherMs, urgencyOf } from './urgency.ts';

export interface OperatorOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Look after stacks of this namespace only. */
  readonly namespace?: string;
  /** Image of ostack itself, for the agents it brings up. */
  readonly image: string;
  /** Unique among replicas; random if not given. */
  readonly identity?: string;
  /** Where the lease lives; the namespace of the pod if not given. */
  readonly leaseNamespace?: string;
  /** Of /metrics, /healthz and /readyz; 0 for any. */
  readonly port: number;
  readonly log: Log;
  readonly clock?: Clock;
  readonly random?: () => number;
  /** How many stacks are worked on at once. */
  readonly concurrency?: number;
  /** Most requests to the API server a second, on average. */
  readonly requestsPerSecond?: number;
  /** Turns a URL inside the cluster into one this process can reach; for running outside of it. */
  readonly endpointResolver?: (url: string) => string;
  readonly canaryPeriods?: CanaryPeriods;
  /** How watches are kept and audited; a test wants an audit sooner than after an hour. */
  readonly watchTiming?: Partial<ReflectorTiming>;
  /** Told when this process stops by itself, because it lost its lease. */
  readonly onLost?: () => void;
}

export interface Operator {
  readonly port: number;
  readonly identity: string;
  leading(): boolean;
  /** Ends all work, gives the lease up, and resolves when nothing runs any more. */
  stop(): Promise<void>;
}

/** What no label ties to a stack: it concerns every stack of its namespace, or all of them. */
const kindsForAll: ReadonlySet<string> = new Set(['HorizontalPodAutoscaler', 'Event', 'StorageClass']);
/** After this long without a watch, what is read may be wrong, and readiness says so. */
const staleMs = 60_000;
/** After this long a restart is worth a try. */
const sickMs = 600_000;

/** Starts the operator: caches at once, passes over stacks and canaries once it leads. */
export async function startOperator(options: OperatorOptions): Promise<Operator> {
  const { log, clock = systemClock, random = Math.random } = options;
  const endpoint = await connect(connectionOf(options));
  const perSecond = options.requestsPerSecond ?? 200;
  const rest = new Rest(endpoint, { clock, perSecond, burst: perSecond * 2 });
  const identity = options.identity ?? `ostack-${randomBytes(5).toString('hex')}`;
  const life = new AbortController();
  const leaseNamespace = options.leaseNamespace ?? endpoint.namespace;
  const lease = new Lease({ rest, namespace: leaseNamespace, name: 'ostack-operator', identity, clock, random, log });
  const queue = new WorkQueue({ clock, random, backoff: { baseMs: 100, maxMs: 60_000 } });

  const cluster = new WatchedCluster({
    rest,
    clock,
    random,
    log,
    identity,
    holding: () => lease.holding(),
    scopes: scopesOf(options.namespace),
    signal: life.signal,
    ...(options.watchTiming && { timing: options.watchTiming }),
    onChange: (change, { metadataOnly = false }) => {
      const { live } = change;
      const concernsAll = metadataOnly || kindsForAll.has(live.kind);
      const keys = concernsAll ? stacksIn(live.metadata.namespace) : [stackOf(live)].filter((key) => key !== undefined);
      const urgency = urgencyOf(change);
      for (const key of keys) {
        if (urgency === 'new') queue.addNew(key);
        else if (urgency === 'soon') queue.addAfter(key, gatherMs);
        else queue.add(key);
      }
    },
    onContest: (contest) => tellContest(contest),
  });
  const metrics = new OperatorMetrics({
    stats: () => cluster.stats(),
    staleSeconds: () => cluster.staleSinceMs() / 1000,
    depth: () => queue.depth,
    leading: () => lease.holding(),
  });

  function stacksIn(namespace: string | undefined): StackKey[] {
    return cluster
      .select(stackApiVersion, stackKind, {}, namespace)
      .map((s) => `${s.metadata.namespace}/${s.metadata.name}`);
  }

  function tellContest({ ref, fields, managers }: Contest): void {
    const live = cluster.read(ref);
    const key = live && stackOf(live);
    const stack = key === undefined ? undefined : cluster.read(stackRef(key));
    if (key === undefined || stack === undefined) return;
    const by = managers.length === 0 ? 'somebody' : managers.join(', ');
    const message = `${ref.kind} ${ref.name}: ${fields.join(', ')} changed by ${by}; put back`;
    void cluster.event(
      { ...stackRef(key), uid: stack.metadata.uid },
      { type: 'Warning', reason: 'FieldConflict', message },
    );
  }

  const http = resolved(plainHttp, options.endpointResolver);
  const agents = new Agents({ http, clock, onChange: (key) => queue.add(key) });
  const canaries = new Canaries({
    http,
    clock,
    random,
    log,
    onChange: (key) => queue.add(key),
    onTrip: (trip) => metrics.tripped(trip),
    ...(options.canaryPeriods && { periods: options.canaryPeriods }),
  });

  const server = await startServer({
    port: options.port,
    metrics: () => metrics.registry.metrics(),
    sick: () => (cluster.staleSinceMs() > sickMs ? 'the API server has not been watched for ten minutes' : undefined),
    unready: () => {
      if (!cluster.synced()) return 'the first lists are not complete';
      return cluster.staleSinceMs() > staleMs ? 'a watch has been down for a minute: the cache is stale' : undefined;
    },
  });

  const work = lead();
  work.catch((error: unknown) => log.fatal({ err: error }, 'operator failed'));

  async function lead(): Promise<void> {
    const { signal } = life;
    if (!(await lease.acquire(signal))) return;
    const term = new AbortController();
    const stopTerm = () => term.abort();
    signal.addEventListener('abort', stopTerm, { once: true });
    const kept = lease.keep(signal).finally(stopTerm);
    while (!term.signal.aborted && !(await cluster.waitSynced(1000)));
    const facts = new FactFinder({
      cluster,
      operatorImage: options.image,
      operatorNamespace: leaseNamespace,
    });
    const reconciler = new Reconciler({
      cluster: counted(cluster, (kind, verb) => metrics.wrote(kind, verb)),
      facts,
      plans: new PlanCache(),
      canaries,
      agents,
      clock,
      onStatus: (key, status) => metrics.published(key, status),
      onGone: (key) => metrics.forget(key),
    });
    stacksIn(undefined).forEach((key) => queue.add(key));
    await queue.run((key) => pass(reconciler, key), {
      concurrency: options.concurrency ?? 4,
      signal: term.signal,
      onError: (key, error, waitMs) => {
        if (!(error instanceof Fenced)) log.warn({ stack: key, err: error, waitMs }, 'pass failed; it comes again');
      },
    });
    await Promise.all([kept, canaries.stop(), agents.stop()]);
    if (!signal.aborted) options.onLost?.();
  }

  async function pass(reconciler: Reconciler, key: StackKey): Promise<void> {
    const startedAt = clock.now();
    let result: 'done' | 'again' | 'failed' = 'failed';
    try {
      const outcome = await reconciler.reconcile(key);
      result = outcome.kind;
      if (outcome.kind === 'again') queue.addAfter(key, outcome.afterMs);
    } finally {
      metrics.passed(result, (clock.now() - startedAt) / 1000);
    }
  }

  return {
    port: server.port,
    identity,
    leading: () => lease.holding(),
    async stop() {
      life.abort();
      await work.catch(() => undefined);
      await lease.release();
      await Promise.all([cluster.ended(), server.stop()]);
      rest.close();
    },
  };
}

function connectionOf({ kubeconfig, context }: OperatorOptions): { kubeconfig?: string; context?: string } {
  return { ...(kubeconfig !== undefined && { kubeconfig }), ...(context !== undefined && { context }) };
}

function resolved(http: Http, resolve: ((url: string) => string) | undefined): Http {
  return resolve === undefined ? http : (url, request) => http(resolve(url), request);
}
