import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

/** A program that is a server or a client: the command, and what comes before `server` or `client`. */
export interface Peer {
  readonly program: string;
  readonly args: readonly string[];
}

/** The peers in their languages; Go's is built into `directory`. */
export function buildPeers(directory: string): Readonly<Record<'go' | 'python' | 'node', Peer>> {
  const go = join(directory, 'peer');
  const built = spawnSync('go', ['build', '-trimpath', '-o', go, 'peer.go'], {
    cwd: join(root, 'bpf/test/peers'),
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOWORK: 'off', GO111MODULE: 'off' },
  });
  if (built.status !== 0) throw new Error(built.stderr?.toString() ?? 'no Go toolchain');
  return {
    go: { program: go, args: [] },
    python: { program: '/usr/bin/python3', args: [join(root, 'bpf/test/peers/peer.py')] },
    node: { program: process.execPath, args: [join(import.meta.dirname, 'node-peer.fixture.ts')] },
  };
}
