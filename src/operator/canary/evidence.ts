import type { NodeCounters, SamplerCounters } from './counters.ts';
import { nodeCounters, samplerCounters } from './counters.ts';
import type { Evidence } from './diagnose.ts';
import { difference } from './difference.ts';
import type { Http } from './http.ts';

/** Pods of one role: name → address of their metrics page. */
export type MetricsPages = ReadonlyMap<string, string>;

export interface AlloyPods {
  readonly nodes: MetricsPages;
  readonly samplers: MetricsPages;
}

export interface Snapshot {
  readonly nodes: ReadonlyMap<string, NodeCounters>;
  readonly samplers: ReadonlyMap<string, SamplerCounters>;
}

/** Reads the counters of every Alloy that answers. Never rejects. */
export async function snapshot(http: Http, pods: AlloyPods, mimir: string | undefined): Promise<Snapshot> {
  const [nodes, samplers] = await Promise.all([
    readAll(http, pods.nodes, (text) => nodeCounters(text, mimir)),
    readAll(http, pods.samplers, samplerCounters),
  ]);
  return { nodes, samplers };
}

/** What two snapshots around a canary tell about it. */
export function evidenceOf(before: Snapshot, after: Snapshot, samplerPods: number): Omit<Evidence, 'sent'> {
  return {
    nodes: difference(before.nodes, after.nodes),
    samplers: difference(before.samplers, after.samplers),
    samplerPods,
  };
}

async function readAll<T>(http: Http, pages: MetricsPages, read: (text: string) => T): Promise<ReadonlyMap<string, T>> {
  const answers = await Promise.allSettled(
    [...pages].map(async ([pod, url]) => [pod, read((await http(url)).body)] as const),
  );
  return new Map(answers.flatMap((a) => (a.status === 'fulfilled' ? [a.value] : [])));
}
