import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { keptByShare } from '../../src/pipeline/index.ts';
import { countedAt, findTrace, queryMimir } from './backends.ts';
import { demoStack } from './demo-stack.ts';
import { eventually } from './eventually.ts';
import { openStage, type Stage } from './stage.ts';
import { makeTraces, sendTraces, spansPerTrace, type Trace } from './traces.ts';

const demo = { name: 'demo', namespace: 'observability' };
/** Within this time of the edit a percentage is in force in every collector. */
const inForceMs = 15_000;
let stage: Stage;
let collector: string;
let tempo: string;
let mimir: string;

beforeAll(async () => {
  stage = await openStage();
  await stage.put(await demoStack());
  await stage.untilCondition(demo, 'Ready', 'True', 240_000);
  await sleep(inForceMs); // whatever percentage ran before this scenario
  collector = await stage.url('demo-alloy-node', demo.namespace, 4318);
  tempo = await stage.url('demo-tempo', demo.namespace, 3200);
  mimir = await stage.url('demo-mimir', demo.namespace, 8080);
}, 330_000);

/** Spans Tempo has of each trace, by trace id; traces it does not have are left out. */
async function stored(traces: readonly Trace[]): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const rest = [...traces];
  const worker = async (): Promise<void> => {
    for (let trace = rest.pop(); trace !== undefined; trace = rest.pop()) {
      const spans = await findTrace(tempo, trace.id);
      if (spans.length > 0) counts.set(trace.id, spans.length);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return counts;
}

function toKeep(traces: readonly Trace[], percent: number): readonly Trace[] {
  return traces.filter((trace) => trace.fate !== 'plain' || keptByShare(trace.id, percent));
}

function predicted(traces: readonly Trace[], percent: number): readonly string[] {
  return toKeep(traces, percent).map(({ id }) => id);
}

/** Waits until Tempo has something of each of these traces. */
async function arrived(traces: readonly Trace[]): Promise<void> {
  let missing = traces;
  await eventually(`${traces.length} traces in Tempo`, 90_000, async () => {
    const found = await stored(missing);
    missing = missing.filter(({ id }) => !found.has(id));
    if (missing.length === 0) return true;
    throw new Error(`${missing.length} are missing`);
  });
}

/** Waits until as many traces are stored as should be, then gives late ones time to show up that should not. */
async function settled(traces: readonly Trace[], expected: number): Promise<ReadonlyMap<string, number>> {
  await eventually(`${expected} traces in Tempo`, 90_000, async () => {
    const size = (await stored(traces)).size;
    if (size >= expected) return size;
    throw new Error(`${size} so far`);
  });
  await sleep(5000);
  return stored(traces);
}

/** Waits until the span metrics of each service of a run say exactly `count`, across restarts of a sampler. */
function exactCalls(suffix: string, count: number): Promise<unknown> {
  return eventually(`${count} calls counted for each service of ${suffix}`, 90_000, async () => {
    const selector = `traces_spanmetrics_calls_total{service_name=~".+-${suffix}"}`;
    const counted = [...(await countedAt(mimir, selector, 15, 'service_name'))];
    if (counted.length === spansPerTrace && counted.every(([, value]) => value === count)) return counted;
    throw new Error(counted.map(([service, value]) => `${service}=${value}`).join(' ') || 'no series yet');
  });
}

async function restarts(): Promise<Readonly<Record<string, string>>> {
  const pods = await stage.list('pods', demo.namespace, 'app.kubernetes.io/instance=demo');
  return Object.fromEntries(
    pods.map(({ metadata, status }) => {
      const containers = (status?.['containerStatuses'] ?? []) as readonly { restartCount: number }[];
      return [metadata.name, `${metadata.uid} ${containers.map(({ restartCount }) => restartCount).join()}`];
    }),
  );
}

describe('sampling at 10 %', () => {
  test('keeps every error and slow trace, of the rest exactly what the trace ids predict, and counts all', async () => {
    const traces = makeTraces(1000, 20, 20);
    await sendTraces(collector, traces, { suffix: 'base', perSecond: 100 });
    const expected = predicted(traces, 10);
    const found = await settled(traces, expected.length);
    expect([...found.keys()].sort()).toEqual([...expected].sort());
    expect([...found.values()].filter((spans) => spans !== spansPerTrace)).toEqual([]);
    await exactCalls('base', 1000);
  }, 240_000);
});

describe('a percentage changed under load', () => {
  const change = (baselinePercent: number): Promise<void> =>
    stage.patch('observabilitystack', demo.name, demo.namespace, { spec: { sampling: { baselinePercent } } });
  afterAll(() => change(10));

  test('is live within 15 s, restarts nothing, loses no error and splits no trace', async () => {
    const before = await restarts();
    const traces = makeTraces(2000, 200, 0).sort(() => Math.random() - 0.5);
    const perSecond = 40;
    const begunAt = Date.now();
    const load = sendTraces(collector, traces, { suffix: 'change', perSecond });
    await sleep(15_000);
    const sentBy = (ms: number): number => Math.ceil(((ms - begunAt) / 1000) * perSecond);
    await change(50);
    const late = traces.slice(sentBy(Date.now() + inForceMs));
    await load;
    await arrived(traces.filter((trace) => trace.fate === 'error' || toKeep(late, 50).includes(trace)));
    await sleep(5000); // what should not be there, and the rest of what came in pieces
    const found = await stored(traces);
    expect([...found.values()].filter((spans) => spans !== spansPerTrace)).toEqual([]);
    // Before the change the 10 % set, once in force the 50 % set; in between either verdict is right.
    const early = traces.slice(0, 14 * perSecond);
    expect(early.filter(({ id }) => found.has(id)).map(({ id }) => id)).toEqual(
      expect.arrayContaining([...predicted(early, 10)]),
    );
    expect(late.filter(({ id }) => found.has(id)).map(({ id }) => id)).toEqual(predicted(late, 50));
    const between = traces.filter(({ id, fate }) => found.has(id) && fate === 'plain' && !keptByShare(id, 50));
    expect(between).toEqual([]);
    expect(await restarts()).toEqual(before);
    expect(late.length).toBeGreaterThan(200);
    await exactCalls('change', traces.length);
  }, 300_000);
});

describe('the only sampler', () => {
  test('is restarted twice under load and loses no trace that is to be kept, and counts all', async () => {
    const traces: Trace[] = [];
    const done = new AbortController();
    const load = async (): Promise<void> => {
      while (!done.signal.aborted) {
        const second = makeTraces(30, 3, 1);
        traces.push(...second);
        await sendTraces(collector, second, { suffix: 'restarted', perSecond: 30 });
      }
    };
    const restart = async (): Promise<void> => {
      const set = ['statefulset/demo-alloy-sampler', '-n', demo.namespace];
      await stage.kubectl('rollout', 'restart', ...set);
      await stage.kubectl('rollout', 'status', ...set, '--timeout=180s');
    };
    // Each is told to go while traces wait for its verdict: a few at first, then all that waited for it on the node.
    const restarts = sleep(2000).then(restart).then(restart);
    await Promise.all([load(), restarts.finally(() => done.abort())]);
    await arrived(toKeep(traces, 10));
    await exactCalls('restarted', traces.length);
  }, 600_000);
});

describe('three samplers', () => {
  test('keep whole traces and every error while one of them is deleted under load, and still count exactly', async () => {
    await stage.patch('observabilitystack', demo.name, demo.namespace, {
      spec: { collection: { sampler: { replicas: 3 } } },
    });
    await eventually('three ready samplers', 180_000, async () => {
      const set = await stage.get('statefulset', 'demo-alloy-sampler', demo.namespace);
      return set?.status?.['readyReplicas'] === 3 && set.status['updatedReplicas'] === 3 ? true : undefined;
    });
    await sleep(10_000); // two polls of the DNS resolver that spreads traces over the samplers
    const rest = makeTraces(600, 30, 0);
    await sendTraces(collector, rest, { suffix: 'three', perSecond: 60 });
    const expected = predicted(rest, 10);
    const found = await settled(rest, expected.length);
    expect([...found.keys()].sort()).toEqual([...expected].sort());
    expect([...found.values()].filter((spans) => spans !== spansPerTrace)).toEqual([]);

    const traces = makeTraces(1200, 120, 0).sort(() => Math.random() - 0.5);
    const load = sendTraces(collector, traces, { suffix: 'gone', perSecond: 30 });
    await sleep(15_000);
    await stage.kubectl('delete', 'pod', 'demo-alloy-sampler-1', '-n', demo.namespace, '--wait=false');
    await load;
    await arrived(traces.filter(({ fate }) => fate === 'error'));
    await exactCalls('three', 600);
    await exactCalls('gone', 1200);
  }, 420_000);
});

describe('Observe mode', () => {
  test('drops nothing and counts what it would have kept', async () => {
    await stage.patch('observabilitystack', demo.name, demo.namespace, { spec: { sampling: { mode: 'Observe' } } });
    await sleep(inForceMs);
    const traces = makeTraces(300, 10, 10);
    const share = 'otelcol_processor_tail_sampling_count_traces_sampled_total{decision="sampled",policy=~".+[.]share"}';
    const byShare = async (): Promise<ReadonlyMap<string, number>> =>
      new Map((await queryMimir(mimir, share)).map(({ labels, value }) => [JSON.stringify(labels), value]));
    const before = await byShare();
    await sendTraces(collector, traces, { suffix: 'observe', perSecond: 60 });
    const found = await settled(traces, traces.length);
    expect(found.size).toBe(traces.length);
    const wouldKeep = traces.filter(({ id, fate }) => fate === 'plain' && keptByShare(id, 10)).length;
    await eventually(`${wouldKeep} decisions counted for the share`, 60_000, async () => {
      // Series by series: those of samplers that ended before are still there at first and gone later.
      const rises = [...(await byShare())].map(([series, now]) => risen(before.get(series) ?? 0, now));
      const rise = rises.reduce((total, each) => total + each, 0);
      if (rise >= wouldKeep) return rise;
      throw new Error(`${rise} so far`);
    });
    await stage.patch('observabilitystack', demo.name, demo.namespace, { spec: { sampling: { mode: 'Enforce' } } });
  }, 300_000);
});

/** What a counter rose by; one that is lower has begun anew. */
function risen(before: number, now: number): number {
  return now < before ? now : now - before;
}
