// A program of its own, two of which use both CPUs: COUNT buffers of seed SEED through the parser in the kernel and through
// the reference; or every file of a directory. Prints how many, how many events they held, and the first that differ.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BpfObject } from './bpf-object.ts';
import { testRun } from './libbpf.ts';
import { referenceTrace } from './parser-trace.fixture.ts';
import { noise, seeded, stream, variant } from './traffic.fixture.ts';

const inputBytes = 4096;
const headBytes = 16;
const cuts = [512, 256, 100, 17, 3, 1];
const pieces = [4096, 300, 7, 1];
const mostStreams = 2000;

interface Sample {
  readonly bytes: Buffer;
  readonly noise: boolean;
}

function* samples(count: number, random: (n: number) => number): Generator<Sample> {
  const basis = Math.min(mostStreams, count);
  const streams = Array.from({ length: basis }, () => stream(random));
  for (let i = 0; i < count; i++) {
    if (i % 10 === 0) yield { bytes: noise(random), noise: true };
    else if (i % 10 === 1) yield { bytes: (streams[random(basis)] = stream(random)), noise: false };
    else yield { bytes: variant(random, streams[random(basis)] ?? Buffer.alloc(0)), noise: false };
  }
}

function* files(directory: string): Generator<Sample> {
  // The fuzzer's first byte says where to cut.
  for (const name of readdirSync(directory))
    yield { bytes: readFileSync(join(directory, name)).subarray(1, 1 + inputBytes), noise: false };
}

/** Of bytes that nobody meant as HTTP: more than that their first line is none, or not there yet. */
function isTakenForHttp({ events, hash }: { events: number; hash: number }, refused: number): boolean {
  return events > 1 || (events === 1 && hash !== refused);
}

function main(source: Generator<Sample>, random: (n: number) => number): void {
  const object = new BpfObject('test-parser');
  object.load();
  const program = object.programs().get('parse') ?? -1;
  const call = Buffer.alloc(headBytes + inputBytes);
  const refused = referenceTrace(Buffer.from('\0'), 1).hash;
  const result = { buffers: 0, events: 0, falsePositives: 0, different: [] as unknown[] };
  for (const sample of source) {
    const { bytes } = sample;
    const cut = cuts[random(cuts.length)] ?? 512;
    const expected = referenceTrace(bytes, pieces[random(pieces.length)] ?? 1);
    call.writeUInt32LE(bytes.length, 0);
    call.writeUInt32LE(cut, 4);
    bytes.copy(call, headBytes);
    if (testRun(program, call) !== 0) throw new Error('BPF_PROG_TEST_RUN failed');
    const seen = { events: call.readUInt32LE(8), hash: call.readUInt32LE(12) };
    if ((seen.hash !== expected.hash || seen.events !== expected.events) && result.different.length < 5)
      result.different.push({ seen, expected, cut, bytes: bytes.toString('latin1') });
    result.buffers++;
    result.events += seen.events;
    if (sample.noise && isTakenForHttp(seen, refused)) result.falsePositives++;
  }
  object.close();
  console.log(JSON.stringify(result));
}

const [what = '', count = '0'] = process.argv.slice(2);
const random = seeded(Number(what) || 1);
main(/^\d+$/.test(what) ? samples(Number(count), random) : files(what), random);
