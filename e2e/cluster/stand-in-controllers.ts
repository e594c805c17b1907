import { NotFound, Reflector, type Live, type Rest } from '../../src/kube/index.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';

interface Template {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] };
}

/**
 * Workload controllers, scheduler, kubelet and volume binder in one, with no delay: every workload gets its pods, every pod
 * is ready and every claim is bound, unless a test says otherwise.
 */
export class Controllers {
  /** Names of workloads left alone from now on. */
  readonly frozen = new Set<string>();
  /** Workloads whose pods run and are not ready, as `namespace/name`. */
  readonly unready = new Set<string>();
  private readonly rest: Rest;
  private readonly life = new AbortController();
  private readonly runs: Promise<void>[] = [];
  private readonly latest = new Map<string, Live>();
  private readonly busy = new Map<string, Promise<void>>();
  /** What each workload was last brought to; its own status coming back by the watch is no news. */
  private readonly settled = new Map<string, string>();
  /** How many pods each workload has had at most: no others need be looked for. */
  private readonly pods = new Map<string, number>();

  constructor(rest: Rest) {
    this.rest = rest;
  }

  async start(): Promise<void> {
    for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet']) {
      const reflector = new Reflector({
        rest: this.rest,
        scope: { apiVersion: 'apps/v1', kind },
        path: async () => `/apis/apps/v1/${kind.toLowerCase()}s`,
        onChange: (change) => this.changed(change.kind === 'removed' ? undefined : change.live, change.live),
        clock: systemClock,
        random: Math.random,
        log: createLog('controllers', 'silent'),
      });
      this.runs.push(reflector.run(this.life.signal));
    }
  }

  async stop(): Promise<void> {
    this.life.abort();
    await Promise.all(this.runs);
    await Promise.all(this.busy.values());
    this.rest.close();
  }

  /** Looks at workloads of this name again, as after one was taken out of `frozen` or put into `unready`. */
  touch(name: string, namespace?: string): void {
    for (const [key, live] of this.latest) {
      if (live.metadata.name !== name || live.metadata.namespace !== (namespace ?? live.metadata.namespace)) continue;
      this.settled.delete(key);
      this.changed(live, live);
    }
  }

  private changed(now: Live | undefined, live: Live): void {
    const key = `${live.kind}/${live.metadata.namespace}/${live.metadata.name}`;
    if (now) this.latest.set(key, now);
    else this.latest.delete(key);
    const after = (this.busy.get(key) ?? Promise.resolve()).then(() => this.settle(key, live)).catch(() => undefined);
    this.busy.set(key, after);
  }

  private async settle(key: string, last: Live): Promise<void> {
    const live = this.latest.get(key);
    if (this.life.signal.aborted || this.frozen.has(last.metadata.name)) return;
    const spec = (live?.['spec'] ?? {}) as {
      replicas?: number;
      template?: Template;
      volumeClaimTemplates?: readonly Claim[];
    };
    const count = live === undefined ? 0 : live.kind === 'DaemonSet' ? 1 : (spec.replicas ?? 1);
    const { name, namespace = '' } = last.metadata;
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    if (live === undefined || live.metadata.deletionTimestamp !== undefined) {
      this.settled.delete(key);
      await this.drop(key, pods, name, 0);
      return;
    }
    const ready = !this.unready.has(`${namespace}/${name}`);
    const status = { observedGeneration: live.metadata.generation ?? 1, ...countsOf(live.kind, count, ready) };
    const wanted = JSON.stringify([live.metadata.uid, status]);
    if (this.settled.get(key) === wanted && has(live['status'], status)) return;
    this.pods.set(key, Math.max(count, this.pods.get(key) ?? 0));
    for (let n = 0; n < count; n += 1) {
      for (const claim of spec.volumeClaimTemplates ?? [])
        await this.claim(namespace, `${claim.metadata.name}-${name}-${n}`, claim, live);
      await this.pod(pods, `${name}-${n}`, spec.template!, ready);
    }
    await this.drop(key, pods, name, count);
    const path = `/apis/apps/v1/namespaces/${namespace}/${live.kind.toLowerCase()}s/${name}/status`;
    const contentType = 'application/merge-patch+json';
    await this.rest.request('PATCH', path, { contentType, body: { status } });
    this.settled.set(key, wanted);
  }

  private async pod(pods: string, name: string, template: Template, ready: boolean): Promise<void> {
    const containers = template.spec.containers.map(({ name: container, image }) => ({ name: container, image }));
    const body = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels: template.metadata.labels },
      spec: { containers },
    };
    await this.rest.request('POST', pods, { body }).catch(() => undefined);
    const contentType = 'application/merge-patch+json';
    const statuses = containers.map((c) => ({
      name: c.name,
      image: c.image,
      imageID: '',
      ready,
      restartCount: 0,
      state: { running: {} },
    }));
    const status = { phase: 'Running', podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }], containerStatuses: statuses };
    await this.rest.request('PATCH', `${pods}/${name}/status`, { contentType, body: { status } });
  }

  private async claim(namespace: string, name: string, template: Claim, set: Live): Promise<void> {
    const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
    const selector = (set['spec'] as { selector: { matchLabels: Record<string, string> } }).selector.matchLabels;
    const metadata = { name, labels: { ...template.metadata.labels, ...selector } };
    const body = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec: template.spec };
    await this.rest.request('POST', path, { body }).catch(() => undefined);
    const contentType = 'application/merge-patch+json';
    await this.rest.request('PATCH', `${path}/${name}/status`, { contentType, body: { status: { phase: 'Bound' } } });
  }

  private async drop(key: string, pods: string, workload: string, from: number): Promise<void> {
    for (let n = from; n < (this.pods.get(key) ?? 0); n += 1) {
      await this.rest
        .request('DELETE', `${pods}/${workload}-${n}`, { body: { gracePeriodSeconds: 0 } })
        .catch((error: unknown) => {
          if (!(error instanceof NotFound)) throw error;
        });
    }
    this.pods.set(key, from);
  }
}

function countsOf(kind: string, count: number, ready: boolean): object {
  if (kind !== 'DaemonSet') return { replicas: count, readyReplicas: ready ? count : 0, updatedReplicas: count };
  return {
    desiredNumberScheduled: 1,
    currentNumberScheduled: 1,
    numberReady: ready ? 1 : 0,
    updatedNumberScheduled: 1,
    numberMisscheduled: 0,
  };
}

function has(status: unknown, counts: object): boolean {
  const stored = (status ?? {}) as Readonly<Record<string, unknown>>;
  // The server leaves a count of zero out.
  return Object.entries(counts).every(([name, count]) => (stored[name] ?? 0) === count);
}

interface Claim {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: object;
}
