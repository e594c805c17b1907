import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { referenceTrace } from './parser-trace.fixture.ts';
import { seeded, stream } from './traffic.fixture.ts';

/** Buffers through the parser in the kernel. */
const buffers = Number(process.env['OSTACK_PARSER_BUFFERS'] ?? 1_000_000);
const fuzzSeconds = Number(process.env['OSTACK_FUZZ_SECONDS'] ?? 60);
const seeds = 500;
const cuts = [512, 256, 100, 17, 3, 1];
const pieces = [4096, 300, 7, 1];
const room = join(import.meta.dirname, '../../../bpf/test');
const aside = mkdtempSync(join(tmpdir(), 'parser-'));
const corpus = join(aside, 'corpus');

interface Finished {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

async function run(program: string, args: readonly string[], input?: Buffer): Promise<Finished> {
  const child = spawn(program, args, { cwd: aside, env: { ...process.env, NODE_OPTIONS: '' } });
  const [output, errors] = [text(child.stdout), text(child.stderr)];
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number];
  return { code, output: await output, errors: await errors };
}

async function againstReference(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, output, errors } = await run(process.execPath, [
    join(import.meta.dirname, 'parser-run.fixture.ts'),
    ...args,
  ]);
  if (code !== 0) throw new Error(errors);
  return JSON.parse(output) as Record<string, unknown>;
}

function build(source: string, sanitizers: string): string {
  const program = join(aside, source.replace('.c', ''));
  const flags = ['-O1', '-g', '-Wall', '-Werror', `-fsanitize=${sanitizers}`, '-fno-sanitize-recover=all'];
  expect(spawnSync('clang-14', [...flags, join(room, source), '-o', program]).stderr.toString()).toBe('');
  return program;
}

async function fuzz(): Promise<Finished> {
  const random = seeded(41);
  mkdirSync(corpus);
  for (let i = 0; i < seeds; i++)
    writeFileSync(join(corpus, `seed-${i}`), Buffer.concat([Buffer.of(random(256)), stream(random)]).subarray(0, 4096));
  return run(build('fuzz.c', 'fuzzer,address,undefined'), [
    `-max_total_time=${fuzzSeconds}`,
    '-max_len=4096',
    '-timeout=60',
    '-print_final_stats=1',
    corpus,
  ]);
}

describe('the HTTP/1 parser says the same everywhere, wherever the bytes are cut', () => {
  let kernel: Promise<Record<string, unknown>[]>;
  let fuzzed: Promise<Finished>;

  // Side by side: they compute, and disturb nobody's count.
  beforeAll(() => {
    const half = String(Math.ceil(buffers / 2));
    kernel = Promise.all(['11', '12'].map((seed) => againstReference(seed, half)));
    fuzzed = fuzz();
    for (const work of [kernel, fuzzed]) work.catch(() => undefined);
  });
  afterAll(() => rmSync(aside, { recursive: true }));

  test('on the host, under address and undefined-behaviour sanitizers', async () => {
    const program = build('parser.c', 'address,undefined');
    const random = seeded(23);
    const list = Array.from({ length: 5000 }, () => ({
      bytes: stream(random),
      cut: cuts[random(cuts.length)] ?? 512,
      piece: pieces[random(pieces.length)] ?? 1,
    }));
    const input = list.flatMap(({ bytes, cut }) => {
      const head = Buffer.alloc(8);
      head.writeUInt32LE(bytes.length, 0);
      head.writeUInt32LE(cut, 4);
      return [head, bytes];
    });
    const { output, errors } = await run(program, [], Buffer.concat(input));
    expect(errors).toBe('');
    const expected = list.map(({ bytes, piece }) => referenceTrace(bytes, piece));
    expect(output.trimEnd().split('\n')).toEqual(expected.map(({ events, hash }) => `${events} ${hash}`));
  }, 300_000);

  test(`in the kernel: ${buffers} buffers through BPF_PROG_TEST_RUN, and noise is never taken for HTTP`, async () => {
    const results = await kernel;
    for (const result of results) {
      expect(result).toMatchObject({ falsePositives: 0, different: [] });
      expect(result['events']).toBeGreaterThan(buffers / 2);
    }
    expect(results.reduce((sum, result) => sum + Number(result['buffers']), 0)).toBeGreaterThanOrEqual(buffers);
  }, 1_800_000);

  test(`${fuzzSeconds} s of fuzzing break nothing, and what the fuzzer found means the same in the kernel`, async () => {
    const { code, errors } = await fuzzed;
    expect(code === 0 ? '' : errors.slice(-4000)).toBe('');
    // How far it gets in its time is the machine's affair; every seed at least was run.
    const runs = Number(/stat::number_of_executed_units: (\d+)/.exec(errors)?.[1]);
    expect(runs).toBeGreaterThanOrEqual(seeds);
    const result = await againstReference(corpus);
    expect(result).toMatchObject({ buffers: readdirSync(corpus).length, different: [] });
    console.info(`${runs} runs, ${String(result['buffers'])} inputs in the corpus`);
  }, 600_000);
});
