import { expect, test } from '@jest/globals';
import type { Condition } from '../api/index.ts';
import { OperatorMetrics } from './metrics.ts';

const condition = (type: string, status: Condition['status']): Condition => {
  return { type, status, reason: 'r', message: 'm', lastTransitionTime: 't', observedGeneration: 1 };
};

test('each condition of a stack is one series with its newest status, until the stack is gone', async () => {
  const stats = { requests: {}, objects: 0, missed: 0, lists: 0, watches: 0, failures: 0 };
  const metrics = new OperatorMetrics({
    stats: () => stats as never,
    staleSeconds: () => 0,
    depth: () => 0,
    leading: () => true,
  });
  const series = async (): Promise<string[]> => {
    const text = await metrics.registry.getSingleMetricAsString('ostack_stack_condition');
    return [...text.matchAll(/^ostack_stack_condition\{.*condition="(\w+)",status="(\w+)"\} 1$/gm)]
      .map(([, type, status]) => `${type} ${status}`)
      .toSorted();
  };
  metrics.published('shop/demo', { conditions: [condition('Ready', 'False'), condition('Stalled', 'True')] });
  expect(await series()).toEqual(['Ready False', 'Stalled True']);
  metrics.published('shop/demo', { conditions: [condition('Ready', 'True')] });
  expect(await series()).toEqual(['Ready True']);
  metrics.forget('shop/demo');
  expect(await series()).toEqual([]);
});
