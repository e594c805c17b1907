import { expect, test } from '@jest/globals';
import { everything, objectsOf, podTemplates } from './specimen.ts';

const pods = podTemplates(objectsOf(everything));

test.each([...pods].filter(([component]) => component !== 'agent'))(
  '%s tolerates the taints of the spec',
  (_component, { spec }) => {
    expect(spec.tolerations).toEqual([
      { key: 'dedicated', operator: 'Equal', value: 'observability', effect: 'NoSchedule' },
    ]);
  },
);

test('the agent runs on every node, whatever its taints', () => {
  expect(pods.get('agent')?.spec.tolerations).toEqual([{ operator: 'Exists' }]);
});

test('collectors run on every node, the rest on the chosen ones', () => {
  const chosen = [...pods].filter(([, { spec }]) => spec.nodeSelector !== undefined).map(([component]) => component);
  expect(chosen).toEqual(['tempo', 'mimir', 'loki', 'alloy-sampler', 'grafana']);
});

test('several samplers prefer several nodes', () => {
  expect(pods.get('alloy-sampler')?.spec).toHaveProperty('topologySpreadConstraints');
  expect(podTemplates(objectsOf()).get('alloy-sampler')?.spec).not.toHaveProperty('topologySpreadConstraints');
});
