import { readFileSync } from 'node:fs';
import { cpus, loadavg, machine, release, totalmem } from 'node:os';

/** What a figure depends on besides the program. */
export function machineText(): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB memory`;
  const load = `load ${loadavg()[0]?.toFixed(1)} of others at the start`;
  return [
    `${cpus().length} × ${model} (${machine()})`,
    `Linux ${release()}`,
    memory,
    `Node ${process.version}`,
    load,
  ].join(', ');
}

/** Which system this is, for a report that is read elsewhere. */
export function systemText(): string {
  const found = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'));
  return found?.[1] ?? 'unknown system';
}
