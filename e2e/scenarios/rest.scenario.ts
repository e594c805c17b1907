import { beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { operatorNamespace } from '../demo/chart.ts';
import { polls, sinceNow, writes } from './audit.ts';
import { demoStack } from './demo-stack.ts';
import { openStage, type Stage } from './stage.ts';

const demo = { name: 'demo', namespace: 'observability' };
const restMs = 180_000;
let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await deleteOthers();
  await stage.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: demo.namespace } });
  await stage.put(await demoStack());
  await stage.untilCondition(demo, 'Ready', 'True', 240_000);
  await sleep(20_000); // the canary round that follows a rollout
}, 300_000);

/** Stacks that other scenarios left: a probe that fails there is news, and worth a write. */
async function deleteOthers(): Promise<void> {
  for (const { metadata } of await stage.list('observabilitystacks', '')) {
    const { name, namespace = '' } = metadata;
    if (name !== demo.name || namespace !== demo.namespace)
      await stage.kubectl('delete', 'observabilitystack', name, '-n', namespace, '--timeout=120s');
  }
}

/** Namespaces, Secrets, ConfigMaps and pods come and go that have nothing to do with the stack. */
async function churn(until: number): Promise<number> {
  let rounds = 0;
  for (; Date.now() < until; rounds++) {
    const name = `noise-${rounds}`;
    await stage.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    await stage.apply(
      { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: name }, stringData: { round: `${rounds}` } },
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace: demo.namespace },
        data: { round: `${rounds}` },
      },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: demo.namespace },
        spec: { nodeSelector: { none: 'such' }, containers: [{ name: 'none', image: 'ostack.test/none:v0' }] },
      },
    );
    await sleep(4000);
    await stage.kubectl('delete', 'pod,configmap', name, '-n', demo.namespace, '--wait=false');
    await stage.kubectl('delete', 'namespace', name, '--wait=false');
  }
  return rounds;
}

describe('a stack at rest', () => {
  test(
    `costs no write and no poll in ${restMs / 60_000} minutes of canaries and foreign changes`,
    async () => {
      const read = await sinceNow(stage.node.auditLog);
      const rounds = await churn(Date.now() + restMs);
      const requests = await read();
      const operator = requests.filter(({ user }) => user.startsWith(`system:serviceaccount:${operatorNamespace}:`));
      expect(rounds).toBeGreaterThan(10);
      // The lease shows that the operator was alive and that the log was read.
      expect(operator.filter(({ resource }) => resource === 'leases').length).toBeGreaterThan(10);
      expect(writes(operator)).toEqual([]);
      expect(polls(operator)).toEqual([]);
      expect((await stage.conditions(demo.name, demo.namespace))['Ready']?.status).toBe('True');
    },
    restMs + 120_000,
  );
});
