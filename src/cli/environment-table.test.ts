import { expect, test } from '@jest/globals';
import { environments, resourceRows, stackOfEnvironment } from './environment-table.ts';

function row(environment: (typeof environments)[number], component: string): readonly string[] | undefined {
  return resourceRows(stackOfEnvironment(environment)).find(([name]) => name === component);
}

test('an environment is the base with its own patch over it', () => {
  expect(stackOfEnvironment('production')['spec']).toMatchObject({
    size: 'large',
    sampling: { baselinePercent: 1, keep: { errors: true } },
  });
  expect(stackOfEnvironment('dev')['spec']).toMatchObject({ size: 'dev', sampling: { baselinePercent: 10 } });
});

test('samplers grow with the environment, and what each pod asks for is in the table', () => {
  expect(environments.map((environment) => row(environment, 'alloy-sampler')?.[1])).toEqual(['1', '2', '3']);
  expect(row('dev', 'alloy-node')?.slice(1, 3)).toEqual(['one per node', 'cpu 100m, memory 256Mi']);
  expect(row('production', 'mimir')).toEqual(['mimir', '1', 'cpu 4, memory 8Gi', 'cpu 16, memory 32Gi', '500Gi']);
});

test('a resource that is wrong is refused with the path of what is wrong', () => {
  expect(() => resourceRows({ ...stackOfEnvironment('dev'), spec: { size: 'huge' } })).toThrow('spec.size');
});
