import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from './place.ts';
import { waitFor } from './wait.ts';

const mountPoint = '/sys/fs/cgroup';

/** Every cgroup hierarchy of the machine: one on cgroup v2, one for each controller on v1. */
function hierarchies(): string[] {
  if (existsSync(join(mountPoint, 'cgroup.controllers'))) return [mountPoint];
  return readdirSync(mountPoint)
    .map((name) => join(mountPoint, name))
    .filter((path) => existsSync(join(path, 'cgroup.procs')));
}

/** The hierarchy that remembers which processes are ours; a child cannot leave it without being moved. */
function tracking(): string {
  const pids = join(mountPoint, 'pids');
  return existsSync(join(pids, 'cgroup.procs')) ? pids : mountPoint;
}

/** The cgroup.procs file which the node's own programs join before they start. */
export function harnessProcs(place: Place): string {
  return join(tracking(), place.cgroup, 'harness', 'cgroup.procs');
}

/** Makes the node's cgroup in every hierarchy. A v1 cpuset refuses processes until cpus and mems are copied into it. */
export function makeCgroups(place: Place): void {
  for (const hierarchy of hierarchies()) {
    const path = join(hierarchy, place.cgroup);
    mkdirSync(path, { recursive: true });
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      const parent = join(hierarchy, file);
      if (existsSync(parent) && existsSync(join(path, file))) writeFileSync(join(path, file), readFileSync(parent));
    }
  }
  mkdirSync(join(tracking(), place.cgroup, 'harness'), { recursive: true });
}

/** Paths below `path`, children before parents. */
function depthFirst(path: string): string[] {
  if (!existsSync(path)) return [];
  const children = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...children.flatMap((child) => depthFirst(join(path, child.name))), path];
}

/** Process ids of everything that runs inside the node: its programs, container shims and containers. */
export function processesOf(place: Place): number[] {
  return depthFirst(join(tracking(), place.cgroup)).flatMap((path) => {
    try {
      return readFileSync(join(path, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
    } catch {
      return []; // the container ended and its cgroup went between the listing and the reading
    }
  });
}

/** How a frozen cgroup goes on, by hierarchy: the file and what to write into it. */
const thaws = [
  ['freezer', 'freezer.state', 'THAWED'],
  ['', 'cgroup.freeze', '0'],
] as const;

/** A container is frozen while it is told to end; whoever froze it may have ended first, and what is frozen cannot die. */
function thaw(place: Place): void {
  for (const [hierarchy, file, going] of thaws) {
    for (const path of depthFirst(join(mountPoint, hierarchy, place.cgroup))) {
      try {
        if (existsSync(join(path, file))) writeFileSync(join(path, file), going);
      } catch {
        continue; // it went in the meantime
      }
    }
  }
}

/** Ends every process of the node, and only those. */
export async function endProcesses(place: Place): Promise<void> {
  await waitFor(
    `the processes of ${place.name} to end`,
    () => {
      const left = processesOf(place);
      for (const pid of left) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          continue; // already gone
        }
      }
      if (left.length > 0) thaw(place);
      return left.length === 0;
    },
    { timeoutMs: 30_000, everyMs: 50 },
  );
}

/** Removes the node's cgroups from every hierarchy. */
export async function removeCgroups(place: Place): Promise<void> {
  await waitFor(
    `the cgroups of ${place.name} to empty`,
    () => {
      for (const hierarchy of hierarchies()) {
        for (const path of depthFirst(join(hierarchy, place.cgroup))) rmdirSync(path);
      }
      return true;
    },
    { timeoutMs: 15_000, everyMs: 50 },
  );
}
