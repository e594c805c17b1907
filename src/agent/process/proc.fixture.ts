import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FakeProcess {
  readonly pid: number;
  readonly parent?: number;
  readonly executable: string;
  readonly startTicks?: number;
  readonly command?: readonly string[];
  readonly environ?: Readonly<Record<string, string>>;
  readonly cgroup?: string;
  /** Socket inodes it holds. */
  readonly sockets?: readonly number[];
  readonly network?: string;
  /** Lines of net/tcp: [local port, remote port, state, inode]. */
  readonly tcp?: readonly (readonly [number, number, '01' | '0A', number])[];
}

/** A folder that looks like /proc as far as the agent reads it. */
export class FakeProc {
  readonly root = mkdtempSync(join(tmpdir(), 'agent-proc-'));

  add(process: FakeProcess): void {
    const folder = join(this.root, String(process.pid));
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, 'net'), { recursive: true });
    mkdirSync(join(folder, 'ns'));
    mkdirSync(join(folder, 'fd'));
    const zeros = Array.from({ length: 17 }, () => '0').join(' ');
    writeFileSync(
      join(folder, 'stat'),
      `${process.pid} (a (b) c) S ${process.parent ?? 1} ${zeros} ${process.startTicks ?? 4711} 0\n`,
    );
    symlinkSync(process.executable, join(folder, 'exe'));
    writeFileSync(join(folder, 'cmdline'), (process.command ?? [process.executable]).join('\0'));
    writeFileSync(
      join(folder, 'environ'),
      Object.entries(process.environ ?? {})
        .map(([key, value]) => `${key}=${value}\0`)
        .join(''),
    );
    writeFileSync(join(folder, 'cgroup'), process.cgroup ?? '0::/user.slice\n');
    symlinkSync(`net:[${process.network ?? '1'}]`, join(folder, 'ns', 'net'));
    for (const [at, inode] of (process.sockets ?? []).entries()) {
      symlinkSync(`socket:[${inode}]`, join(folder, 'fd', String(at + 3)));
    }
    writeFileSync(join(folder, 'net', 'tcp'), tcpTable(process.tcp ?? []));
  }

  remove(pid: number): void {
    rmSync(join(this.root, String(pid)), { recursive: true, force: true });
  }

  delete(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

function tcpTable(sockets: NonNullable<FakeProcess['tcp']>): string {
  const lines = sockets.map(
    ([local, remote, state, inode], at) =>
      `   ${at}: ${loopback(local)} ${loopback(remote)} ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0`,
  );
  return [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    ...lines,
    '',
  ].join('\n');
}

function loopback(port: number): string {
  return `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
}
