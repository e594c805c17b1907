import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { minimumStability, parseAlloy, printAlloy } from '../alloy/index.ts';
import { alloy, temporaryFolder } from './alloy-program.fixture.ts';
import { nodePipeline } from './node.ts';
import { samplerPipeline } from './sampler.ts';
import { everything, stackOf, wiring, wiringOf } from './stack.fixture.ts';

jest.setTimeout(180_000);

const specs = {
  dev: {},
  everything,
  'traces only': { metrics: { backend: 'None' }, logs: { backend: 'None' } },
  'metrics only': { traces: { backend: 'None' }, logs: { backend: 'None' } },
  'logs only': { traces: { backend: 'None' }, metrics: { backend: 'None' } },
};
const emitted = Object.entries(specs).flatMap(([name, spec]) => {
  const stack = stackOf(spec);
  const wired = wiringOf(stack);
  return [
    [`${name} node`, nodePipeline(stack, wired)],
    [`${name} sampler`, samplerPipeline(stack, wired)],
  ] as const;
});

describe.each(emitted)('the configuration of %s', (name, config) => {
  const folder = temporaryFolder();
  const file = join(folder, `${name.replaceAll(' ', '-')}.alloy`);
  writeFileSync(file, printAlloy(config));

  test('is what alloy fmt makes of it, byte for byte', () => {
    const { status, text, error } = alloy('fmt', file);
    expect({ status, error }).toEqual({ status: 0, error: '' });
    expect(text).toBe(printAlloy(config));
  });

  test('passes alloy validate at the stability level we name', () => {
    const { status, error } = alloy('validate', `--stability.level=${minimumStability(config)}`, file);
    expect({ status, error }).toMatchObject({ status: 0 });
  });
});

test('a level below the one we name is refused', () => {
  const file = join(temporaryFolder(), 'buffer.alloy');
  const config = samplerPipeline(stackOf(everything), wiring);
  writeFileSync(file, printAlloy(config));
  expect(minimumStability(config)).toBe('public-preview');
  expect(alloy('validate', '--stability.level=generally-available', file).status).not.toBe(0);
});

describe('the language is read and written as Alloy does', () => {
  const corpus = ['literals', 'expressions', 'comments', 'pipeline', 'modules', 'compact'];
  test.each(corpus)('%s', (name) => {
    const parsed = parseAlloy(readFileSync(new URL(`../alloy/corpus/${name}.alloy`, import.meta.url), 'utf8'));
    if (!parsed.ok) throw new Error(parsed.problem.message);
    const file = join(temporaryFolder(), `${name}.alloy`);
    writeFileSync(file, printAlloy(parsed.config));
    expect(alloy('fmt', file)).toEqual({ status: 0, text: printAlloy(parsed.config), error: '' });
  });
});
