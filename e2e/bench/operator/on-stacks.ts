import { loadavg } from 'node:os';
import { systemClock } from '../../../src/lib/clock.ts';
import type { Seen } from './figures.ts';
import { raiseGround } from './ground.ts';
import { operatorWrites } from './operator-writes.ts';
import { type Part, plainSpec } from './part.ts';

/** What was seen while a number of stacks came up. */
export interface Tally {
  readonly stacks: number;
  readonly readyMs: number;
  /** Megabytes of the operator before the first stack, and at rest with all of them. */
  readonly idle: number;
  readonly settled: number;
}

const settleMs = 30_000;

/** Brings up a ground with so many stacks, all created at once, and measures parts on it. */
export async function onStacks(
  stacks: number,
  parts: readonly Part[],
  seen: Seen,
  say: (detail: string) => void,
): Promise<Tally> {
  const ground = await raiseGround();
  try {
    await systemClock.sleep(settleMs / 3);
    const idle = megabytes(ground.operator().memory().rss);
    const heard = await ground.listen();
    const cpuBefore = ground.operator().cpuMs();
    const [loadBefore = 0] = loadavg();
    const { refs, startedAt } = await ground.stacks.create(stacks, plainSpec);
    await ground.stacks.ready(refs, 60_000 + stacks * 3000);
    const readyMs = Date.now() - startedAt;
    const [loadAfter = 0] = loadavg();
    const cpu = (ground.operator().cpuMs() - cpuBefore) / 1000;
    await systemClock.sleep(settleMs);
    const { rss, peak } = ground.operator().memory();
    const { total } = operatorWrites(await heard());
    const seconds = (readyMs / 1000).toFixed(1);
    say(`${stacks} stacks: Ready after ${seconds} s, ${total} writes, ${cpu.toFixed(1)} s of processor`);
    say(
      `${stacks} stacks: load ${loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} when all were Ready, ours included`,
    );
    say(`${stacks} stacks: RSS ${idle} MB before, ${megabytes(rss)} MB at rest, at most ${megabytes(peak)} MB`);
    for (const part of parts) Object.assign(seen, await part.measure({ ground, refs }, say));
    return { stacks, readyMs, idle, settled: megabytes(rss) };
  } finally {
    await ground.stop();
  }
}

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);
