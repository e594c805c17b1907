import { afterAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BpfObject } from './bpf-object.ts';
import { testRun } from './libbpf.ts';
import { referenceTrace } from './parser-trace.fixture.ts';
import { seeded, stream } from './traffic.fixture.ts';

/** 1,000,000 is the full run; the ordinary one keeps to a minute. */
const buffers = Number(process.env['OSTACK_PARSER_BUFFERS'] ?? 100_000);
const inputBytes = 4096;
const headBytes = 16;
const cuts = [512, 256, 100, 17, 3, 1];
const pieces = [4096, 300, 7, 1];

interface Sample {
  readonly bytes: Buffer;
  readonly cut: number;
  readonly expected: { readonly events: number; readonly hash: number };
}

function* samples(count: number, seed: number): Generator<Sample> {
  const random = seeded(seed);
  for (let i = 0; i < count; i++) {
    const bytes = stream(random);
    const cut = cuts[random(cuts.length)] ?? 512;
    yield { bytes, cut, expected: referenceTrace(bytes, pieces[random(pieces.length)] ?? 1) };
  }
}

describe('the HTTP/1 parser says the same everywhere, wherever the bytes are cut', () => {
  const room = join(import.meta.dirname, '../../../bpf/test');
  const aside = mkdtempSync(join(tmpdir(), 'parser-'));
  afterAll(() => rmSync(aside, { recursive: true }));

  test(`in the kernel: ${buffers} buffers through BPF_PROG_TEST_RUN`, () => {
    const object = new BpfObject('test-parser');
    try {
      object.load();
      const program = object.programs().get('parse') ?? -1;
      const call = Buffer.alloc(headBytes + inputBytes);
      let events = 0;
      for (const { bytes, cut, expected } of samples(buffers, 11)) {
        call.writeUInt32LE(bytes.length, 0);
        call.writeUInt32LE(cut, 4);
        bytes.copy(call, headBytes);
        expect(testRun(program, call)).toBe(0);
        const seen = { events: call.readUInt32LE(8), hash: call.readUInt32LE(12) };
        if (seen.hash !== expected.hash) expect({ ...seen, bytes: bytes.toString('latin1'), cut }).toEqual(expected);
        events += seen.events;
      }
      expect(events).toBeGreaterThan(buffers);
    } finally {
      object.close();
    }
  }, 1_800_000);

  test('on the host, under address and undefined-behaviour sanitizers', () => {
    const program = join(aside, 'parser');
    const flags = ['-O1', '-g', '-Wall', '-Werror', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
    expect(spawnSync('clang-14', [...flags, join(room, 'parser.c'), '-o', program]).stderr.toString()).toBe('');
    const list = [...samples(Math.min(buffers, 50_000), 23)];
    const input = list.flatMap(({ bytes, cut }) => {
      const head = Buffer.alloc(8);
      head.writeUInt32LE(bytes.length, 0);
      head.writeUInt32LE(cut, 4);
      return [head, bytes];
    });
    const ran = spawnSync(program, { input: Buffer.concat(input), maxBuffer: 1 << 28 });
    expect(ran.stderr.toString()).toBe('');
    const expected = list.map(({ expected: { events, hash } }) => `${events} ${hash}`);
    expect(ran.stdout.toString().trimEnd().split('\n')).toEqual(expected);
  }, 300_000);
});
