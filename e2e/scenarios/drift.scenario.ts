import { beforeAll, describe, expect, test } from '@jest/globals';
import { demoStack } from './demo-stack.ts';
import { eventually } from './eventually.ts';
import { openStage, type Resource, type Stage } from './stage.ts';

// A stack of its own, with everything that renders a kind switched on; its pods need not be ready to be repaired.
const stack = { name: 'drift', namespace: 'drift' };
let stage: Stage;
let children: readonly Ref[];

interface Ref {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

beforeAll(async () => {
  stage = await openStage();
  await stage.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: stack.namespace } });
  await stage.apply(
    await demoStack({
      metadata: stack,
      spec: {
        grafana: { enabled: true, auth: 'Password' },
        security: { networkPolicies: true },
        collection: { sampler: { replicas: 2 } },
        // Nothing of this stack has to run here: what is scheduled nowhere costs nothing.
        scheduling: { nodeSelector: { 'ostack.test/none': 'true' } },
      },
    }),
  );
  const { value } = await eventually('the inventory', 60_000, async () => {
    const found = await stage.get('observabilitystack', stack.name, stack.namespace);
    const inventory = found?.status?.['inventory'] as readonly Ref[] | undefined;
    return inventory !== undefined && inventory.length > 20 ? inventory : undefined;
  });
  children = value;
}, 120_000);

function read(ref: Ref): Promise<Resource | undefined> {
  const group = ref.apiVersion.includes('/') ? `.${ref.apiVersion.split('/')[0]}` : '';
  return stage.get(`${ref.kind}${group}`, ref.name, ref.namespace);
}

function withoutServerFields({ metadata, status: _status, ...rest }: Resource): unknown {
  const { name, labels } = metadata;
  // The server and its controllers count templates in annotations of their own.
  const theirs = /^(deprecated\.daemonset|deployment\.kubernetes\.io)/;
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => !theirs.test(key));
  return { ...rest, metadata: { name, labels, annotations } };
}

async function repaired(ref: Ref, before: Resource): Promise<number> {
  const { afterMs } = await eventually(`${ref.kind} ${ref.name} as it was`, 60_000, async () => {
    const now = await read(ref);
    if (now === undefined) throw new Error('gone');
    expect(withoutServerFields(now)).toEqual(withoutServerFields(before));
    return true;
  });
  return afterMs;
}

describe('every child', () => {
  test('is of every kind the synthesizer can emit', () => {
    expect([...new Set(children.map(({ kind }) => kind))].sort()).toEqual([
      'ClusterRole',
      'ClusterRoleBinding',
      'ConfigMap',
      'DaemonSet',
      'Deployment',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'Secret',
      'Service',
      'ServiceAccount',
      'StatefulSet',
    ]);
  });

  test('comes back after it is deleted', async () => {
    let slowest = '';
    let slowestMs = 0;
    for (const ref of children) {
      const before = await read(ref);
      if (before === undefined) throw new Error(`${ref.kind} ${ref.name} is in the inventory and not on the server`);
      const scope = ref.namespace === undefined ? [] : ['-n', ref.namespace];
      await stage.kubectl('delete', ref.kind, ref.name, ...scope, '--wait=false', '--cascade=background');
      const { value, afterMs } = await eventually(`${ref.kind} ${ref.name} to be back`, 60_000, async () => {
        const now = await read(ref);
        return now !== undefined && now.metadata.uid !== before.metadata.uid ? now : undefined;
      });
      expect(value.metadata.labels).toEqual(before.metadata.labels);
      if (afterMs > slowestMs) [slowest, slowestMs] = [`${ref.kind} ${ref.name}`, afterMs];
    }
    console.log(`${children.length} children deleted; the slowest, ${slowest}, was seen again after ${slowestMs} ms`);
  }, 300_000);

  test.each([
    ['ConfigMap', 'drift-tempo', { data: { 'tempo.yaml': 'server: {}\n' } }],
    ['ConfigMap', 'drift-sampling', { data: { 'sampling.json': '{"statements":[]}' } }],
    ['Service', 'drift-tempo', { spec: { selector: { app: 'elsewhere' } } }],
    [
      'StatefulSet',
      'drift-mimir',
      { spec: { template: { metadata: { annotations: { 'ostack.io/config-hash': 'x' } } } } },
    ],
    ['DaemonSet', 'drift-alloy-node', { spec: { template: { spec: { serviceAccountName: 'default' } } } }],
    ['Deployment', 'drift-grafana', { spec: { template: { spec: { securityContext: { runAsNonRoot: false } } } } }],
    ['NetworkPolicy', 'drift-tempo', { spec: { podSelector: { matchLabels: { app: 'elsewhere' } } } }],
    ['ClusterRole', 'ostack-drift-drift-alloy-node', { rules: [] }],
    ['Service', 'drift-loki', { spec: { ports: [{ name: 'http', port: 9999 }] } }],
    ['Secret', 'drift-grafana-admin', { data: { 'admin-user': 'bWU=' } }],
    ['PodDisruptionBudget', 'drift-alloy-sampler', { spec: { maxUnavailable: 2 } }],
    ['ClusterRoleBinding', 'ostack-drift-drift-alloy-node', { subjects: [] }],
    ['ServiceAccount', 'drift-alloy-node', { metadata: { labels: { 'app.kubernetes.io/managed-by': 'me' } } }],
  ])(
    '%s %s is repaired after an edit',
    async (kind, name, edit) => {
      const ref = children.find((child) => child.kind === kind && child.name === name);
      if (ref === undefined) throw new Error(`no ${kind} ${name} in the inventory`);
      const before = await read(ref);
      if (before === undefined) throw new Error(`${kind} ${name} is not on the server`);
      const scope = ref.namespace === undefined ? [] : ['-n', ref.namespace];
      await stage.kubectl('patch', kind, name, ...scope, '--type=merge', '-p', JSON.stringify(edit));
      await repaired(ref, before);
    },
    60_000,
  );
});

describe('what others own', () => {
  test('survives: an annotation, a restart, the replica count of what an autoscaler aims at', async () => {
    const ns = ['-n', stack.namespace];
    const replicas = async (): Promise<unknown> =>
      (await stage.get('statefulset', 'drift-alloy-sampler', stack.namespace))?.spec?.['replicas'];
    await stage.apply({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'sampler', namespace: stack.namespace },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'drift-alloy-sampler' },
        minReplicas: 2,
        maxReplicas: 5,
      },
    });
    await stage.kubectl('scale', 'statefulset', 'drift-alloy-sampler', ...ns, '--replicas=3');
    await stage.kubectl('annotate', 'configmap', 'drift-loki', ...ns, 'team=blue', '--overwrite');
    await stage.kubectl('rollout', 'restart', 'statefulset', 'drift-loki', ...ns);
    // Something that makes the operator pass over the whole stack again.
    await stage.patch('observabilitystack', stack.name, stack.namespace, {
      spec: { sampling: { baselinePercent: 11 } },
    });
    await eventually('the pass', 60_000, async () => {
      const data = (await stage.get('configmap', 'drift-sampling', stack.namespace))?.data?.['sampling.json'];
      return data?.includes('e3d70a3d70a3d7') || data?.includes('11') ? true : undefined;
    });
    expect((await stage.get('configmap', 'drift-loki', stack.namespace))?.metadata.annotations).toMatchObject({
      team: 'blue',
    });
    const loki = await stage.get('statefulset', 'drift-loki', stack.namespace);
    expect(JSON.stringify(loki?.spec)).toContain('kubectl.kubernetes.io/restartedAt');
    expect(await replicas()).toBe(3);
    // Without its autoscaler the count is that of the spec again.
    await stage.kubectl('delete', 'hpa', 'sampler', ...ns);
    await eventually('the replicas of the spec', 60_000, async () => ((await replicas()) === 2 ? true : undefined));
  }, 180_000);
});

describe('a component that is switched off', () => {
  test('takes its children with it and leaves its volume', async () => {
    const ours = (kind: string): Promise<readonly Resource[]> =>
      stage.list(kind, stack.namespace, 'app.kubernetes.io/component=loki');
    await eventually('the volume claim of Loki', 60_000, async () =>
      (await ours('pvc')).length === 1 ? true : undefined,
    );
    await stage.patch('observabilitystack', stack.name, stack.namespace, { spec: { logs: { backend: 'None' } } });
    await eventually('the children of Loki to be gone', 60_000, async () => {
      const left = (await Promise.all(['statefulset', 'service', 'configmap', 'networkpolicy'].map(ours))).flat();
      if (left.length === 0) return true;
      throw new Error(left.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', '));
    });
    expect((await ours('pvc')).length).toBe(1);
  }, 180_000);
});
