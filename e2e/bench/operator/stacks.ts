import type { Condition, StackStatus } from '../../../src/api/index.ts';
import { Reflector, type Live, type Ref, type Rest } from '../../../src/kube/index.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createLog } from '../../../src/lib/log.ts';
import { until } from './until.ts';

export const stackApiVersion = 'ostack.io/v1alpha1';
const collection = `/apis/${stackApiVersion}/observabilitystacks`;
const kind = 'ObservabilityStack';
/** Requests of ours under way at once. */
const width = 8;

/** The stacks of a benchmark: created, edited, and followed by a watch. */
export class Stacks {
  private readonly rest: Rest;
  private readonly life = new AbortController();
  private readonly reflector: Reflector;
  private readonly running: Promise<void>;
  private count = 0;

  constructor(rest: Rest) {
    this.rest = rest;
    this.reflector = new Reflector({
      rest,
      scope: { apiVersion: stackApiVersion, kind },
      path: async () => collection,
      onChange: () => {},
      clock: systemClock,
      random: Math.random,
      log: createLog('bench', 'silent'),
    });
    this.running = this.reflector.run(this.life.signal);
  }

  /** Creates stacks, each in a namespace of its own that is made before. Returns them and when the first was sent. */
  async create(count: number, spec: object): Promise<{ readonly refs: readonly Ref[]; readonly startedAt: number }> {
    const names = Array.from({ length: count }, () => `stack-${(this.count += 1)}`);
    await inParallel(names, (name) =>
      this.rest.request('POST', '/api/v1/namespaces', {
        body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
      }),
    );
    const startedAt = Date.now();
    await inParallel(names, (namespace) => {
      const body = { apiVersion: stackApiVersion, kind, metadata: { name: 'demo', namespace }, spec };
      return this.rest.request('POST', pathOf(namespace), { body });
    });
    return {
      refs: names.map((namespace) => ({ apiVersion: stackApiVersion, kind, namespace, name: 'demo' })),
      startedAt,
    };
  }

  async edit(ref: Ref, spec: object): Promise<void> {
    const contentType = 'application/merge-patch+json';
    await this.rest.request('PATCH', `${pathOf(ref.namespace)}/${ref.name}`, { contentType, body: { spec } });
  }

  /** Waits until each is Ready for the spec it has now. */
  async ready(refs: readonly Ref[], withinMs: number): Promise<void> {
    await until(`${refs.length} stacks to be Ready`, withinMs, () => refs.every((ref) => isReady(this.read(ref))));
  }

  /** Waits until the operator has seen a later generation than this. */
  async changed(ref: Ref, generation: number): Promise<void> {
    await until(
      'the operator to see the edit',
      30_000,
      () => (statusOf(this.read(ref)).observedGeneration ?? 0) > generation,
    );
  }

  read(ref: Ref): Live | undefined {
    return this.reflector.store.get(ref.name, ref.namespace);
  }

  async stop(): Promise<void> {
    this.life.abort();
    await this.running;
  }
}

export const statusOf = (live: Live | undefined): StackStatus => (live?.['status'] ?? {}) as StackStatus;

export function conditionOf(live: Live | undefined, type: string): Condition | undefined {
  return statusOf(live).conditions?.find((condition) => condition.type === type);
}

function isReady(live: Live | undefined): boolean {
  const ready = conditionOf(live, 'Ready');
  return ready?.status === 'True' && ready.observedGeneration === live?.metadata.generation;
}

const pathOf = (namespace = ''): string => `/apis/${stackApiVersion}/namespaces/${namespace}/observabilitystacks`;

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
