import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Feature, FeatureName } from './feature.ts';
import { healthReasons, kernelReasons } from './health.ts';
import * as layout from './layout.gen.ts';
import { bucketBoundsNs } from './red-row.ts';
import { tierFor } from './tier.ts';
import { UnsupportedKernel } from './unsupported.ts';

const names: readonly FeatureName[] = [
  'btf',
  'bpf-syscall',
  'ring-buffer',
  'process-events',
  'socket-storage',
  'task-registers',
  'socket-length-tracepoints',
  'socket-layer-fentry',
  'socket-state-events',
];
const without = (...absent: readonly FeatureName[]): Feature[] =>
  names.map((name) => ({ name, needs: `what ${name} needs`, present: !absent.includes(name) }));
const source = (file: string) => readFileSync(join(import.meta.dirname, '../../../bpf', file), 'utf8');

describe('the tier follows from what loads and attaches', () => {
  test.each<[string, Feature[], 'T1' | 'T2']>([
    ['everything', without(), 'T1'],
    ['no trampolines', without('socket-layer-fentry'), 'T1'],
    ['no length tracepoints', without('socket-length-tracepoints'), 'T2'],
  ])('%s', (_, features, tier) => {
    expect(tierFor(features)).toBe(tier);
  });

  test('a kernel that carries neither is refused by the names of what it lacks', () => {
    const features = without('socket-length-tracepoints', 'socket-layer-fentry');
    expect(() => tierFor(features)).toThrow(UnsupportedKernel);
    expect(() => tierFor(features)).toThrow(/socket-length-tracepoints \(needs .*socket-layer-fentry/);
    expect(() => tierFor(without('btf'))).toThrow('btf (needs what btf needs)');
  });

  test.each<[FeatureName, FeatureName[]]>([
    ['bpf-syscall', names.filter((name) => name !== 'btf')],
    ['btf', [...names]],
  ])('%s alone is named where nothing loads without it', (name, absent) => {
    const refused = expect.objectContaining({ missing: [expect.objectContaining({ name })] });
    expect(() => tierFor(without(...absent))).toThrow(refused as unknown as Error);
  });
});

describe('both sides of the ring agree', () => {
  test('on the order of the health counters', () => {
    const constants = source('maps/health.h').matchAll(/^\tH_(\w+),$/gm);
    const camel = (name: string) => name.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    const inKernel = [...constants].map(([, name]) => camel(name ?? '')).filter((name) => name !== 'reasons');
    expect(inKernel).toEqual(healthReasons.slice(0, kernelReasons));
  });

  test('on the bounds of the duration buckets', () => {
    const table = /bucket_bounds\[BUCKETS - 1\] = \{([^}]*)\}/.exec(source('include/exchange.h'))?.[1] ?? '';
    expect(table.match(/[0-9]+/g)?.map(BigInt)).toEqual(bucketBoundsNs);
    expect(layout.redValue.structSize - layout.redValue.buckets).toBe(8 * (bucketBoundsNs.length + 1));
  });
});
