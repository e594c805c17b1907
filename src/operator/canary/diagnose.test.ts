import { describe, expect, test } from '@jest/globals';
import type { NodeCounters, SamplerCounters } from './counters.ts';
import { diagnose, type Evidence } from './diagnose.ts';

const nodes: NodeCounters = {
  acceptedSpans: 5,
  acceptedPoints: 5,
  acceptedLogs: 5,
  refused: 0,
  samplers: 3,
  metricsSentUntil: 12,
  metricsFailed: 0,
  sentLogs: 5,
  failedLogs: 0,
};
const samplers: SamplerCounters = { acceptedSpans: 5, refused: 0, sentSpans: 4, failedSpans: 0 };
const all: Evidence = { sent: true, nodes, samplers, samplerPods: 3 };
const node = (change: Partial<NodeCounters>): Partial<Evidence> => ({ nodes: { ...nodes, ...change } });
const sampler = (change: Partial<SamplerCounters>): Partial<Evidence> => ({ samplers: { ...samplers, ...change } });

describe('the hop that lost a canary', () => {
  test.each([
    ['traces', 'nobody took it', { sent: false }, 'operator → alloy-node'],
    ['logs', 'nobody took it', { sent: false }, 'operator → alloy-node'],
    ['traces', 'no receiver counted it', node({ acceptedSpans: 0 }), 'operator → alloy-node'],
    ['traces', 'the collector is out of memory', node({ acceptedSpans: 0, refused: 3 }), 'alloy-node'],
    ['traces', 'the collector knows no sampler', node({ samplers: 0 }), 'alloy-node → alloy-sampler'],
    ['traces', 'there is no sampler', { samplers: undefined, samplerPods: 0 }, 'alloy-node → alloy-sampler'],
    ['traces', 'no sampler counted it', sampler({ acceptedSpans: 0 }), 'alloy-node → alloy-sampler'],
    ['traces', 'the samplers are out of memory', sampler({ acceptedSpans: 0, refused: 9 }), 'alloy-sampler'],
    ['traces', 'the samplers send nothing', sampler({ sentSpans: 0 }), 'alloy-sampler → tempo'],
    ['traces', 'the samplers give up', sampler({ failedSpans: 2 }), 'alloy-sampler → tempo'],
    ['traces', 'everything was sent', {}, 'tempo → query'],
    ['traces', 'no sampler answers', { samplers: undefined }, 'somewhere after alloy-node'],
    ['metrics', 'no collector answers', { nodes: undefined }, 'somewhere after alloy-node'],
    ['metrics', 'no sample gets through', node({ metricsSentUntil: 0 }), 'alloy-node → mimir'],
    ['metrics', 'samples are given up', node({ metricsFailed: 2 }), 'alloy-node → mimir'],
    ['metrics', 'everything was sent', {}, 'mimir → query'],
    ['logs', 'no line gets through', node({ sentLogs: 0 }), 'alloy-node → loki'],
    ['logs', 'lines are given up', node({ failedLogs: 1 }), 'alloy-node → loki'],
    ['logs', 'everything was sent', {}, 'loki → query'],
  ] as const)('%s, when %s', (signal, _name, change, hop) => {
    expect(diagnose(signal, { ...all, ...change })).toBe(hop);
  });
});
