import { NotFound, Reflector, type Live, type Rest } from '../../kube/index.ts';
import { systemClock } from '../../lib/clock.ts';
import { createLog } from '../../lib/log.ts';

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
  private readonly rest: Rest;
  private readonly life = new AbortController();
  private readonly runs: Promise<void>[] = [];
  private readonly latest = new Map<string, Live>();
  private readonly busy = new Map<string, Promise<void>>();

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

  /** Looks at a workload again, as after it was taken out of `frozen`. */
  touch(name: string): void {
    for (const live of this.latest.values()) if (live.metadata.name === name) this.changed(live, live);
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
      await this.drop(pods, name, 0);
      return;
    }
    for (let n = 0; n < count; n += 1) {
      for (const claim of spec.volumeClaimTemplates ?? [])
        await this.claim(namespace, `${claim.metadata.name}-${name}-${n}`, claim, live);
      await this.pod(pods, `${name}-${n}`, spec.template!);
    }
    await this.drop(pods, name, count);
    const generation = live.metadata.generation ?? 1;
    const status =
      live.kind === 'DaemonSet'
        ? {
            desiredNumberScheduled: 1,
            currentNumberScheduled: 1,
            numberReady: 1,
            updatedNumberScheduled: 1,
            numberMisscheduled: 0,
          }
        : { replicas: count, readyReplicas: count, updatedReplicas: count };
    const path = `/apis/apps/v1/namespaces/${namespace}/${live.kind.toLowerCase()}s/${name}/status`;
    const contentType = 'application/merge-patch+json';
    await this.rest.request('PATCH', path, {
      contentType,
      body: { status: { observedGeneration: generation, ...status } },
    });
  }

  private async pod(pods: string, name: string, template: Template): Promise<void> {
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
      ready: true,
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

  private async drop(pods: string, workload: string, from: number): Promise<void> {
    for (let n = from; ; n += 1) {
      try {
        await this.rest.request('DELETE', `${pods}/${workload}-${n}`, { body: { gracePeriodSeconds: 0 } });
      } catch (error) {
        if (error instanceof NotFound) return;
        throw error;
      }
    }
  }
}

interface Claim {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: object;
}
