import { expect, test } from '@jest/globals';
import { parseConfig, type AgentConfig } from './config/index.ts';
import { steps } from './health/index.ts';
import { policyOf, thresholdOf } from './policy.ts';

// The numbers that the collectors' statements use for the same percentages.
test.each([
  [100, 0n],
  [50, 0x80000000000000n],
  [10, 0xe6666666666666n],
  [0.0001, 72_057_521_980_333_898n],
  [0, 1n << 56n],
])('%d % is kept at and above one threshold, on every tier', (percent, threshold) => {
  expect(thresholdOf(percent)).toBe(threshold);
});

const parsed = parseConfig(
  JSON.stringify({
    otlp: { endpoint: 'http://a:1' },
    sampling: {
      baselinePercent: 10,
      keep: { errors: true, slowerThan: '250ms' },
      services: [{ name: 'pay', percent: 100 }],
      limit: { spansPerSecond: 70 },
    },
  }),
) as { value: AgentConfig };
const named = (name: string, samplingPercent?: number) => ({
  key: name,
  name,
  namespace: '',
  resource: {},
  ...(samplingPercent === undefined ? {} : { samplingPercent }),
});
const step = (name: string) => steps.find((one) => one.name === name) ?? steps[0]!;

test.each([
  ['the baseline', named('other'), 'normal', 10],
  ["the service's own share", named('pay'), 'normal', 100],
  ["the pod's annotation before both", named('pay', 25), 'normal', 25],
  ['a quarter under pressure', named('other'), 'quarter-share', 2.5],
  ['none under more', named('pay'), 'no-share', 0],
])('the share is %s', (_rule, identity, at, percent) => {
  expect(policyOf(identity, parsed.value, step(at)).threshold).toBe(thresholdOf(percent));
});

test.each([
  ['no-share', { keepErrors: true, slowerThanNs: 250_000_000n, captureRequestBytes: 256, keptPerSecond: 70 }],
  ['no-capture', { keepErrors: true, slowerThanNs: 250_000_000n, captureRequestBytes: 0 }],
  ['no-spans', { keepErrors: false, slowerThanNs: 0n, captureRequestBytes: 0 }],
])('under the step %s', (name, expected) => {
  expect(policyOf(named('pay'), parsed.value, step(name))).toMatchObject(expected);
});
