/** Runs in a guest whose nanoseconds are instructions: what each program costs a request, selected and not. */
import { writeFileSync } from 'node:fs';

import { objectInfo } from '../../src/agent/bpf/libbpf.ts';
import { loadProbes, type Probes } from '../../src/agent/bpf/probes.ts';
import { ShapesServer, runClient } from '../../src/agent/bpf/shapes.fixture.ts';
import { TargetSet } from '../../src/agent/bpf/target-set.ts';

const program = '/bin/shapes';
const requests = 400;
const runTimeOffset = 192;
const runCountOffset = 200;

interface Cost {
  readonly ns: number;
  readonly runs: number;
}

function costs(probes: Probes): Map<string, Cost> {
  const read = (fd: number): Cost => {
    const info = objectInfo(fd, runCountOffset + 8);
    return { ns: Number(info.readBigUInt64LE(runTimeOffset)), runs: Number(info.readBigUInt64LE(runCountOffset)) };
  };
  return new Map([...probes.programs].map(([name, fd]) => [name, read(fd)]));
}

/** Wall instructions of a run of keep-alive requests, client and server together, per request. */
async function perRequest(select: (pid: number, serviceId: number) => void): Promise<number> {
  const target = await ShapesServer.start(program);
  select(target.pid, 1);
  await runClient(program, target.port, ['keepalive', 1, 50], (pid) => select(pid, 2));
  const began = process.hrtime.bigint();
  await runClient(program, target.port, ['keepalive', 1, 50], (pid) => select(pid, 2));
  const short = process.hrtime.bigint() - began;
  const again = process.hrtime.bigint();
  await runClient(program, target.port, ['keepalive', 1, 50 + requests], (pid) => select(pid, 2));
  const long = process.hrtime.bigint() - again;
  await target.stop();
  return Number(long - short) / requests;
}

async function main(): Promise<void> {
  const off = await perRequest(() => {});
  const probes = loadProbes('T1', { watchProcesses: false });
  const targets = new TargetSet(probes.descriptors);
  const unselected = await perRequest(() => {});
  const selected = await perRequest((pid, serviceId) => targets.set(pid, { serviceId }));
  console.log(`instructions per request, both ends: off ${off.toFixed(0)}`);
  console.log(`  not selected +${(unselected - off).toFixed(0)}, selected +${(selected - off).toFixed(0)}`);
  writeFileSync('/proc/sys/kernel/bpf_stats_enabled', '1');
  const before = costs(probes);
  await perRequest((pid, serviceId) => targets.set(pid, { serviceId }));
  for (const [name, { ns, runs }] of costs(probes)) {
    const was = before.get(name) ?? { ns: 0, runs: 0 };
    if (runs > was.runs)
      console.log(`  ${name}: ${((ns - was.ns) / (runs - was.runs)).toFixed(0)} a run, ${runs - was.runs} runs`);
  }
  targets.close();
  probes.close();
}

await main();
