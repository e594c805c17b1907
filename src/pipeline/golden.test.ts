import { describe, expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { printAlloy } from '../alloy/index.ts';
import { nodePipeline } from './node.ts';
import { samplerPipeline } from './sampler.ts';
import { samplingData } from './sampling-data.ts';
import { everything, stackOf, wiringOf } from './stack.fixture.ts';

const stacks = { dev: stackOf(), everything: stackOf(everything) };

describe('the configurations are those that were looked at and run', () => {
  test.each(
    Object.entries(stacks).flatMap(([name, stack]) => {
      const wired = wiringOf(stack);
      return [
        [`${name}-node.alloy`, printAlloy(nodePipeline(stack, wired))],
        [`${name}-sampler.alloy`, printAlloy(samplerPipeline(stack, wired))],
        [`${name}-sampling.json`, `${JSON.stringify(samplingData(stack), undefined, 2)}\n`],
      ] as const;
    }),
  )('%s', (file, text) => {
    const golden = new URL(`golden/${file}`, import.meta.url);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
    expect(text).toBe(readFileSync(golden, 'utf8'));
  });
});
