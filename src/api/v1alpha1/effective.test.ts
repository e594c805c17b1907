import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseQuantity } from '../../lib/quantity.ts';
import { anySpec } from '../arbitrary.fixture.ts';
import { parseStack, type Spec } from '../index.ts';
import { carrying } from '../wrong-specs.ts';
import { effective } from './effective.ts';
import { sizes } from './sizes.ts';

function specOf(written: object): Spec {
  const parsed = parseStack(carrying(written));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value.spec;
}

const names = Object.keys(sizes) as Spec['size'][];
const pods = ({ collection, traces, metrics, logs, grafana }: Spec) =>
  [collection.node, collection.sampler, traces, metrics, logs, grafana].map(({ resources }) => resources);

describe.each(names)('size %s', (size) => {
  test('gives every pod requests and a memory limit, and no CPU limit', () => {
    for (const { requests, limits } of pods(specOf({ size }))) {
      expect(parseQuantity(requests.cpu!)).toBeGreaterThan(0);
      expect(parseQuantity(limits.memory!)).toBeGreaterThanOrEqual(parseQuantity(requests.memory!)!);
      expect(limits.cpu).toBeUndefined();
    }
  });

  test('is itself a spec users could write', () => {
    expect(specOf({ size, ...sizes[size] })).toEqual(specOf({ size }));
  });
});

const devRequests = (unit: 'cpu' | 'memory') =>
  pods(specOf({ size: 'dev' })).reduce((sum, { requests }) => sum + parseQuantity(requests[unit]!)!, 0);

test('dev leaves most of a node of two cores and four gigabytes to others', () => {
  expect(devRequests('cpu')).toBeLessThanOrEqual(0.5);
  expect(devRequests('memory')).toBeLessThanOrEqual(parseQuantity('1Gi')!);
});

function amounts(size: Spec['size']): readonly number[] {
  const { collection, traces, metrics, logs } = specOf({ size });
  const volumes = [traces, metrics, logs].map(({ volume }) => parseQuantity(volume.size)!);
  return [collection.sampler.replicas, metrics.maxSeries, ...volumes];
}

test('a larger size is never less of anything', () => {
  for (const [index, size] of names.entries()) {
    const before = names[index - 1];
    if (before === undefined) continue;
    for (const [at, amount] of amounts(size).entries()) expect(amount).toBeGreaterThan(amounts(before)[at]!);
  }
});

test('a written value wins over that of the size, field by field', () => {
  const { traces } = specOf({ size: 'small', traces: { retention: '5h', resources: { requests: { cpu: '2' } } } });
  expect(traces).toMatchObject({
    retention: '5h',
    resources: { requests: { cpu: '2', memory: '512Mi' }, limits: { memory: '2Gi' } },
    volume: { size: '20Gi', storageClass: '' },
  });
});

test('where only a request or only a limit is written, the other one of the size gives way', () => {
  const above = specOf({ traces: { resources: { requests: { memory: '4Gi' } } } }).traces.resources;
  expect(above).toEqual({ requests: { cpu: '50m', memory: '4Gi' }, limits: { memory: '4Gi' } });
  const below = specOf({ traces: { resources: { limits: { cpu: '20m', memory: '64Mi' } } } }).traces.resources;
  expect(below).toEqual({ requests: { cpu: '20m', memory: '64Mi' }, limits: { cpu: '20m', memory: '64Mi' } });
});

test('a filled spec is complete: filling it again changes nothing, and no request is above its limit', () => {
  fc.assert(
    fc.property(anySpec, (spec) => {
      expect(effective(spec)).toEqual(spec);
      for (const { requests, limits } of pods(spec)) {
        expect(parseQuantity(limits.memory!)).toBeGreaterThanOrEqual(parseQuantity(requests.memory!)!);
        if (limits.cpu !== undefined)
          expect(parseQuantity(limits.cpu)).toBeGreaterThanOrEqual(parseQuantity(requests.cpu!)!);
      }
    }),
    { numRuns: 60, seed: 20_260_106, endOnFailure: true },
  );
});
