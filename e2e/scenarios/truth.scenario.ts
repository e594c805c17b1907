import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { demoStack } from './demo-stack.ts';
import { eventually } from './eventually.ts';
import { openStage, type Stage } from './stage.ts';

const demo = { name: 'demo', namespace: 'observability' };
let stage: Stage;

async function healthy(): Promise<void> {
  await stage.put(await demoStack());
  await eventually('the stack to be seen', 60_000, async () => {
    const stack = await stage.get('observabilitystack', demo.name, demo.namespace);
    return stack?.status?.['observedGeneration'] === stack?.metadata.generation ? true : undefined;
  });
  const { afterMs } = await stage.untilCondition(demo, 'Ready', 'True', 240_000);
  console.log(`Ready again after ${afterMs} ms`);
}

beforeAll(async () => {
  stage = await openStage();
  await healthy();
}, 300_000);

afterEach(healthy, 300_000);

/** Patches the resource, waits for the condition to turn False, and expects Ready to have followed. */
async function breaks(spec: object, condition: string): Promise<{ reason: string; message: string; afterMs: number }> {
  await stage.patch('observabilitystack', demo.name, demo.namespace, { spec });
  return turnsFalse(condition);
}

async function turnsFalse(condition: string): Promise<{ reason: string; message: string; afterMs: number }> {
  const { value, afterMs } = await stage.untilCondition(demo, condition, 'False', 60_000);
  await stage.untilCondition(demo, 'Ready', 'False', 30_000);
  console.log(`${condition}=False after ${afterMs} ms: ${value.reason}: ${value.message}`);
  return { reason: value.reason, message: value.message, afterMs };
}

/** Waits for the reason a condition settles on; a rollout passes through Progressing first. */
async function settlesOn(condition: string, reason: string): Promise<string> {
  const { value } = await eventually(`${condition} to say ${reason}`, 120_000, async () => {
    const found = (await stage.conditions(demo.name, demo.namespace))[condition];
    if (found?.status === 'False' && found.reason === reason) return found.message;
    throw new Error(`${found?.status} ${found?.reason}: ${found?.message}`);
  });
  return value;
}

describe('the conditions tell the truth when', () => {
  test('Tempo is scaled to zero, and it comes back by itself', async () => {
    await stage.kubectl('scale', 'statefulset', 'demo-tempo', '-n', demo.namespace, '--replicas=0');
    const { afterMs } = await turnsFalse('TracesReady');
    expect(afterMs).toBeLessThan(60_000);
    await stage.untilCondition(demo, 'TracesReady', 'True', 120_000);
  }, 240_000);

  test('Loki crash-loops on its configuration', async () => {
    const patch = { data: { 'loki.yaml': 'banana: true\n' } };
    await breaks({ overrides: [{ kind: 'ConfigMap', name: 'demo-loki', patch }] }, 'LogsReady');
    expect(await settlesOn('LogsReady', 'CrashLooping')).toContain('demo-loki-0');
  }, 240_000);

  test('Mimir fits on no node', async () => {
    await breaks({ metrics: { resources: { requests: { cpu: '64' } } } }, 'MetricsReady');
    expect(await settlesOn('MetricsReady', 'Unschedulable')).toMatch(/[Ii]nsufficient cpu/);
  }, 240_000);

  test('an image does not exist', async () => {
    await breaks({ images: { overrides: { tempo: 'ostack.test/tempo:v0.0.0' } } }, 'TracesReady');
    expect(await settlesOn('TracesReady', 'ImagePullFailed')).toContain('ostack.test/tempo:v0.0.0');
  }, 240_000);

  test('the connection between the sampler and Tempo is cut', async () => {
    const tempo = await stage.get('pod', 'demo-tempo-0', demo.namespace);
    const address = String(tempo?.status?.['podIP']);
    const nft = (rule: string): Promise<string> => stage.node.inside('nft', rule.split(' '));
    await nft('add table ip cut');
    await nft('add chain ip cut forward { type filter hook forward priority -10 ; }');
    await nft(`add rule ip cut forward ip daddr ${address} tcp dport 4317 drop`);
    try {
      const { value } = await stage.untilCondition(demo, 'PipelineHealthy', 'False', 150_000);
      expect(value.message).toMatch(/alloy-sampler.*tempo/i);
      await stage.untilCondition(demo, 'Ready', 'False', 30_000);
      expect((await stage.conditions(demo.name, demo.namespace))['TracesReady']?.status).toBe('True');
    } finally {
      await nft('delete table ip cut');
    }
  }, 300_000);
});
