/** Runs in the guest: opens the kernel, puts the shapes through it, compares with the server's own counters. */
import { release } from 'node:os';
import { openKernel, type Kernel, type Tier } from '../../src/agent/bpf/index.ts';
import { ShapesServer, countsOf, runClient, type Counts } from '../../src/agent/bpf/shapes.fixture.ts';

interface Job {
  readonly tiers: readonly Tier[];
  readonly expected: Tier;
  readonly shapes: readonly Shape[];
}

type Shape = readonly (string | number)[];

const program = '/bin/shapes';

/** Runs a shape between two services of its own. @returns what the server answered, and what was counted at each end. */
async function count(kernel: Kernel, shape: Shape, server: number, client: number): Promise<readonly Counts[]> {
  const target = await ShapesServer.start(program);
  kernel.setTarget(target.pid, { serviceId: server });
  await runClient(program, target.port, shape, (pid) => kernel.setTarget(pid, { serviceId: client }));
  const truth = await target.stop();
  for (let i = 0; i < 3; i++) kernel.poll();
  const rows = kernel.readRed();
  const text = (hash: bigint) => kernel.routeText(hash);
  return [truth, countsOf(rows, server, text), countsOf(rows, client, text)];
}

function differences(truth: Counts, seen: Counts): string[] {
  const keys = new Set([...Object.keys(truth), ...Object.keys(seen)]);
  const wrong = [...keys].filter((key) => truth[key] !== seen[key]);
  return wrong.map((key) => `${key}: ${truth[key] ?? 0} answered, ${seen[key] ?? 0} counted`);
}

/** Opens a tier (undefined: the kernel's own choice) and runs every shape on it. @returns how many counts were wrong. */
async function runTier(tier: Tier | undefined, { expected, shapes }: Job): Promise<number> {
  const began = performance.now();
  const kernel = openKernel({ watchProcesses: false, ...(tier ? { tier } : {}) });
  console.log(`${release()} ${kernel.tier}: open after ${Math.round(performance.now() - began)} ms`);
  let failed = !tier && kernel.tier !== expected ? 1 : 0;
  for (const [index, shape] of shapes.entries()) {
    const [truth = {}, ...ends] = await count(kernel, shape, 2 * index + 1, 2 * index + 2);
    const wrong = ends.flatMap((seen) => differences(truth, seen));
    const total = Object.values(truth).reduce((sum, n) => sum + n, 0);
    failed += wrong.length;
    console.log(`${kernel.tier} ${shape.join(' ')}: ${total} exchanges, ${wrong.length} wrong`);
    for (const line of wrong.slice(0, 5)) console.log(`  ${line}`);
  }
  const health = Object.entries(kernel.readHealth()).filter(([, n]) => n > 0n);
  console.log(health.map(([name, n]) => `${name} ${n}`).join(', '));
  kernel.close();
  return failed;
}

async function main(): Promise<number> {
  const job = JSON.parse(process.env['OSTACK_JOB'] ?? '{}') as Job;
  let failed = 0;
  for (const tier of [undefined, ...job.tiers]) failed += await runTier(tier, job);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
