import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { execa } from 'execa';
import { type Progress, silent } from './progress.ts';

/** Debian packages by the file that shows one is there; looking costs nothing, asking dpkg does. */
const files = {
  'etcd-server': '/usr/bin/etcd',
  containerd: '/usr/bin/containerd',
  runc: '/usr/sbin/runc',
  'containernetworking-plugins': '/usr/lib/cni/ptp',
  nftables: '/usr/sbin/nft',
  iptables: '/usr/sbin/iptables',
  iproute2: '/sbin/ip',
  conntrack: '/usr/sbin/conntrack',
  openssl: '/usr/bin/openssl',
  'util-linux': '/usr/bin/nsenter',
  mmdebstrap: '/usr/bin/mmdebstrap',
  gcc: '/usr/bin/gcc',
  'libc6-dev': '/usr/include/unistd.h',
  'ca-certificates': '/etc/ssl/certs/ca-certificates.crt',
} as const;

/** A package this project knows how to look for. */
export type Package = keyof typeof files;

/** What the node itself needs. */
export const nodePackages: readonly Package[] = [
  'etcd-server',
  'containerd',
  'runc',
  'containernetworking-plugins',
  'nftables',
  'iptables',
  'iproute2',
  'conntrack',
  'openssl',
  'util-linux',
  'gcc',
  'libc6-dev',
  'ca-certificates',
];

/** What making the ostack image needs besides. */
export const imagePackages: readonly Package[] = ['mmdebstrap', 'ca-certificates'];

/** Installs the Debian packages that are missing, without starting their services. Throws a plain message where it cannot. */
export async function installPackages(wanted: readonly Package[], progress: Progress = silent): Promise<void> {
  const missing = wanted.filter((name) => !existsSync(files[name]));
  if (process.getuid?.() !== 0) throw new Error('a Kubernetes node needs root: run the same command with sudo');
  if (missing.length === 0) return;
  if (!existsSync('/usr/bin/apt-get')) {
    throw new Error(`these are missing and this is not Debian or Ubuntu, install them first: ${missing.join(', ')}`);
  }
  progress(`installing ${missing.join(', ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const wait = ['-o', 'DPkg::Lock::Timeout=600', '-o', 'Acquire::Retries=3'];
  const install = ['install', '--yes', '--no-install-recommends', ...missing];
  await withoutServices(async () => {
    try {
      await execa('apt-get', [...wait, ...install], { env, all: true });
    } catch {
      await execa('apt-get', [...wait, 'update'], { env, all: true });
      await execa('apt-get', [...wait, ...install], { env, all: true });
    }
  });
}

const policy = '/usr/sbin/policy-rc.d';

/** Debian starts a daemon when it installs one, unless this script says no; one that is already there is the owner's. */
async function withoutServices(work: () => Promise<void>): Promise<void> {
  if (existsSync(policy)) return work();
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await work();
  } finally {
    rmSync(policy, { force: true });
  }
}
