/** Runs in the guest: opens the kernel, puts the shapes through it, compares with the server's own counters. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import {
  UnsupportedKernel,
  openKernel,
  probeFeatures,
  type FeatureName,
  type Kernel,
  type Tier,
} from '../../src/agent/bpf/index.ts';
import { ShapesServer, countsOf, runClient, type Counts } from '../../src/agent/bpf/shapes.fixture.ts';
import { findingLine, type Finding } from './report.ts';

/** What the guest is told; the expectations are those of matrix.ts. */
export interface Job {
  readonly absent: readonly FeatureName[];
  readonly tiers: readonly Tier[];
  readonly refusedFor: readonly FeatureName[];
  readonly buffers: number;
  readonly shapes: readonly Shape[];
  /** It is already the run in a PID namespace of its own. */
  readonly nested?: true;
}

interface ParserRun {
  readonly buffers: number;
  readonly events: number;
  readonly different: readonly unknown[];
}

type Shape = readonly (string | number)[];
type Outcome = Omit<Finding, 'check' | 'seconds'>;

const program = '/bin/shapes';

/** What the server answered, what was counted at each end, and how many bytes were seen there. */
interface Seen {
  readonly truth: Counts;
  readonly ends: readonly Counts[];
  readonly bytes: readonly bigint[];
}

/** Runs a shape between two services of its own. */
async function see(kernel: Kernel, shape: Shape, server: number, client: number): Promise<Seen> {
  const target = await ShapesServer.start(program);
  kernel.setTarget(target.pid, { serviceId: server });
  await runClient(program, target.port, shape, (pid) => kernel.setTarget(pid, { serviceId: client }));
  const truth = await target.stop();
  for (let i = 0; i < 3; i++) kernel.poll();
  const rows = kernel.readRed();
  const text = (hash: bigint) => kernel.routeText(hash);
  const bytesOf = (service: number) =>
    kernel
      .readCoverage()
      .filter(({ serviceId }) => serviceId === service)
      .reduce((sum, { parsed, slow, blind, unknown }) => sum + parsed + slow + blind + unknown, 0n);
  return {
    truth,
    ends: [server, client].map((service) => countsOf(rows, service, text)),
    bytes: [server, client].map(bytesOf),
  };
}

function differences(truth: Counts, seen: Counts): string[] {
  const keys = new Set([...Object.keys(truth), ...Object.keys(seen)]);
  const wrong = [...keys].filter((key) => truth[key] !== seen[key]);
  return wrong.map((key) => `${key}: ${truth[key] ?? 0} answered, ${seen[key] ?? 0} counted`);
}

/** Opens the kernel with a tier (forced, if it is not the kernel's own choice) and runs every shape on it. */
async function runTier(tier: Tier, forced: boolean, { shapes }: Job): Promise<Outcome> {
  const kernel = openKernel({ watchProcesses: false, ...(forced ? { tier } : {}) });
  const wrong = kernel.tier === tier ? [] : [`chose ${kernel.tier}`];
  let exchanges = 0;
  let moved = 0n;
  for (const [index, shape] of shapes.entries()) {
    const { truth, ends, bytes } = await see(kernel, shape, 2 * index + 1, 2 * index + 2);
    const [sent = 0n, received = 0n] = bytes;
    exchanges += Object.values(truth).reduce((sum, n) => sum + n, 0);
    moved += sent;
    const lines = ends.flatMap((counts) => differences(truth, counts));
    if (sent !== received || sent === 0n) lines.push(`${sent} bytes at the server, ${received} at the client`);
    wrong.push(...lines.map((line) => `${shape.join(' ')}: ${line}`));
  }
  const health = kernel.readHealth();
  const counted = Object.entries(health).filter(([, n]) => n > 0n);
  console.log(`${tier}: ${counted.map(([name, n]) => `${name} ${n}`).join(', ')}`);
  kernel.close();
  for (const line of wrong.slice(0, 20)) console.log(`  ${line}`);
  const what = `${forced ? 'forced, ' : ''}${exchanges} exchanges, ${moved} bytes`;
  return { wrong: exchanges > 0 ? wrong.length : 1, what };
}

/** The features this kernel lacks are those it should lack. */
function runFeatures(expected: readonly FeatureName[]): Outcome {
  const absent = probeFeatures().filter((feature) => !feature.present);
  for (const { name, reason } of absent) console.log(`lacks ${name}: ${reason}`);
  const names = absent.map(({ name }) => name);
  return {
    wrong: names.toSorted().join() === expected.toSorted().join() ? 0 : 1,
    what: `lacks ${names.join(', ') || 'nothing'}`,
  };
}

/** Opening is refused, by the names of what is missing. */
function runRefusal(expected: readonly FeatureName[]): Outcome {
  try {
    const { tier, close } = openKernel();
    close();
    return { wrong: 1, what: `opened with ${tier}` };
  } catch (error) {
    if (!(error instanceof UnsupportedKernel)) throw error;
    console.log(error.message);
    const named = expected.every((name) => error.message.includes(`${name} (needs `));
    const same = error.missing.map(({ name }) => name).join() === expected.join();
    return { wrong: named && same ? 0 : 1, what: `refused for ${error.missing.map(({ name }) => name).join(', ')}` };
  }
}

/** The parser in the kernel says of every buffer what the reference says. */
function runParser(buffers: number): Outcome {
  const file = join(import.meta.dirname, '../../src/agent/bpf/parser-run.fixture.ts');
  const said = execFileSync(process.execPath, [file, '11', String(buffers)], { encoding: 'utf8' });
  const { different, events, buffers: parsed } = JSON.parse(said) as ParserRun;
  for (const difference of different) console.log(JSON.stringify(difference));
  const wrong = parsed === buffers && events > 0 ? different.length : 1;
  return { wrong, what: `${parsed} buffers, ${events} events` };
}

/** All over again, briefly, where /proc knows every process by another id than the kernel does. */
function runNested(job: Job): Outcome {
  const brief: Job = { ...job, tiers: job.tiers.slice(0, 1), shapes: job.shapes.slice(0, 1), buffers: 0, nested: true };
  const inside = ['-p', '-f', '--mount-proc', process.execPath, import.meta.filename];
  const env = { ...process.env, OSTACK_JOB: JSON.stringify(brief) };
  const { status, stdout } = spawnSync('unshare', inside, { env, encoding: 'utf8' });
  const found = stdout.split('\n').filter((line) => line !== '');
  if (status !== 0) console.log(`  ${found.join('\n  ')}`);
  return { wrong: status === 0 ? 0 : 1, what: 'in a PID namespace of its own' };
}

/** Does a check and says how it went; one that throws is wrong. */
async function report(check: string, work: () => Outcome | Promise<Outcome>): Promise<number> {
  const began = performance.now();
  let outcome: Outcome;
  try {
    outcome = await work();
  } catch (error) {
    outcome = { wrong: 1, what: String(error) };
  }
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  console.log(findingLine({ check, ...outcome, seconds }));
  return outcome.wrong;
}

async function main(): Promise<number> {
  const job = JSON.parse(process.env['OSTACK_JOB'] ?? '') as Job;
  const { absent, tiers, refusedFor, buffers } = job;
  let wrong = await report('features', () => runFeatures(absent));
  if (tiers.length === 0) wrong += await report('refusal', () => runRefusal(refusedFor));
  for (const [index, tier] of tiers.entries()) wrong += await report(tier, () => runTier(tier, index > 0, job));
  if (tiers.length > 0 && !job.nested) wrong += await report('nested', () => runNested(job));
  if (buffers > 0) wrong += await report('parser', () => runParser(buffers));
  return wrong === 0 ? 0 : 1;
}

process.exitCode = await main();
