// `make bench`: what the operator costs and how fast it is, on a real etcd and kube-apiserver, from the audit log and from
// the process itself. `node e2e/bench/operator/main.ts [PART…]` measures some; `all` is every part, the long ones too.
import { argv, exit } from 'node:process';
import { machineText, systemText } from './machine.ts';
import { change } from './change.ts';
import { create } from './create.ts';
import { edit } from './edit.ts';
import { peersSource, type Seen, tableOf } from './figures.ts';
import { flap } from './flap.ts';
import type { Part } from './part.ts';
import { onStacks, type Tally } from './on-stacks.ts';
import { render } from './render.ts';
import { repair } from './repair.ts';
import { rest } from './rest.ts';
import { restart } from './restart.ts';
import { stackCounts } from './stack-counts.ts';

const parts: readonly Part[] = [render, create, change, edit, repair, flap, restart, rest, ...stackCounts];

function chosen(words: readonly string[]): readonly Part[] {
  if (words.length === 0) return parts.filter(({ minutes }) => minutes === undefined);
  if (words.includes('all')) return parts;
  const unknown = words.filter((word) => !parts.some(({ name }) => name === word));
  if (unknown.length === 0) return parts.filter(({ name }) => words.includes(name));
  const names = parts.map(({ name, minutes }) => (minutes === undefined ? name : `${name} (${minutes} minutes)`));
  throw new Error(`no part ${unknown.join(', ')}; there are ${names.join(', ')} and all`);
}

const say = (detail: string): void => console.log(detail);

async function bench(wanted: readonly Part[]): Promise<Seen> {
  console.log(`${machineText()}, ${systemText()}`);
  const seen: Seen = {};
  const tallies: Tally[] = [];
  const byStacks = Map.groupBy(wanted, ({ stacks }) => stacks);
  for (const [stacks, together] of [...byStacks].toSorted(([a], [b]) => a - b)) {
    if (stacks === 0) for (const part of together) Object.assign(seen, await part.measure(noStacks, say));
    else tallies.push(await onStacks(stacks, together, seen, say));
  }
  return { ...seen, ...summary(tallies) };
}

/** For parts that need no cluster. */
const noStacks = { refs: [] } as never;

function summary(tallies: readonly Tally[]): Seen {
  if (tallies.length === 0) return {};
  const idle = Math.min(...tallies.map(({ idle }) => idle));
  const memory = [`0: ${idle}`, ...tallies.map(({ stacks, settled }) => `${stacks}: ${settled}`)];
  const times = tallies.map(({ stacks, readyMs }) => `${stacks}: ${(readyMs / 1000).toFixed(1)} s`);
  return { memory: `${memory.join(', ')} MB`, ready: times.join(', ') };
}

// What runs beside this process ends with it, also when it is told to stop.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => exit(1));
try {
  const seen = await bench(chosen(argv.slice(2)));
  console.log(`\n${tableOf(seen)}\n\n${peersSource}`);
  console.log(
    'pods and backends are stand-ins that are ready at once; the API server, etcd and the operator are real, ' +
      'but etcd does not wait for the disk (--unsafe-no-fsync)',
  );
  exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  exit(1);
}
