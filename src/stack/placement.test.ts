import { expect, test } from '@jest/globals';
import { everything, objectsOf, podTemplates } from './specimen.ts';

const pods = podTemplates(objectsOf(everything));

const onEveryNode = ['alloy-node', 'agent'];

test.each([...pods].filter(([component]) => !onEveryNode.includes(component)))(
  '%s tolerates the taints of the spec',
  (_component, { spec }) => {
    expect(spec.tolerations).toEqual([
      { key: 'dedicated', operator: 'Equal', value: 'observability', effect: 'NoSchedule' },
    ]);
  },
);

test.each(onEveryNode)(
  '%s runs on every node, whatever its taints, so that neither is without the other',
  (component) => {
    for (const specimen of [pods, podTemplates(objectsOf())]) {
      const { tolerations, nodeSelector } = specimen.get(component)?.spec ?? {};
      expect({ tolerations, nodeSelector }).toEqual({ tolerations: [{ operator: 'Exists' }], nodeSelector: undefined });
    }
  },
);

test('the rest run on the chosen nodes', () => {
  const chosen = [...pods].filter(([, { spec }]) => spec.nodeSelector !== undefined).map(([component]) => component);
  expect(chosen).toEqual(['tempo', 'mimir', 'loki', 'alloy-sampler', 'grafana']);
});

test('several samplers prefer several nodes', () => {
  expect(pods.get('alloy-sampler')?.spec).toHaveProperty('topologySpreadConstraints');
  expect(podTemplates(objectsOf()).get('alloy-sampler')?.spec).not.toHaveProperty('topologySpreadConstraints');
});
