import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { execa } from 'execa';
import { type Progress, silent } from './progress.ts';

/** Debian packages by the file that shows one is there; looking costs nothing, asking dpkg does. */
const files = {
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
  'clang-14': '/usr/bin/clang-14',
  'llvm-14': '/usr/bin/llvm-strip-14',
  'libbpf-dev': '/usr/include/bpf/bpf_helpers.h',
  bpftool: '/usr/sbin/bpftool',
  gcc: '/usr/bin/gcc',
  'libc6-dev': '/usr/include/unistd.h',
  'lua5.4': '/usr/bin/lua5.4',
  nginx: '/usr/sbin/nginx',
  wrk: '/usr/bin/wrk',
  python3: '/usr/bin/python3',
  'libclang-rt-14-dev': '/usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.fuzzer-x86_64.a',
  'qemu-system-x86': '/usr/bin/qemu-system-x86_64',
  'qemu-system-arm': '/usr/bin/qemu-system-aarch64',
  'busybox-static': '/bin/busybox',
  'gcc-aarch64-linux-gnu': '/usr/bin/aarch64-linux-gnu-gcc',
  'libc6-dev-arm64-cross': '/usr/aarch64-linux-gnu/include/unistd.h',
  'debian-archive-keyring': '/usr/share/keyrings/debian-archive-keyring.gpg',
  'ca-certificates': '/etc/ssl/certs/ca-certificates.crt',
} as const;

/** A package this project knows how to look for. */
export type Package = keyof typeof files;

/** What the node itself needs. */
export const nodePackages: readonly Package[] = [
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

/** What building the probes needs; the compiler is pinned because the objects are compared byte for byte. */
export const probePackages: readonly Package[] = ['clang-14', 'llvm-14', 'libbpf-dev', 'bpftool'];

/** What tests run besides: Argo CD's health checks are Lua; the probes count programs of others; the fuzzer is clang's. */
export const testPackages: readonly Package[] = ['lua5.4', 'nginx', 'wrk', 'python3', 'clang-14', 'libclang-rt-14-dev'];

/** What other kernels run in. */
export const guestPackages: readonly Package[] = [
  'qemu-system-x86',
  'busybox-static',
  'debian-archive-keyring',
  'gcc',
  'libc6-dev',
];

/** What other kernels of arm64 run in besides. */
export const armGuestPackages: readonly Package[] = [
  'qemu-system-arm',
  'gcc-aarch64-linux-gnu',
  'libc6-dev-arm64-cross',
];

/** Installs the Debian packages that are missing, without starting their services. Throws a plain message where it cannot. */
export async function installPackages(wanted: readonly Package[], progress: Progress = silent): Promise<void> {
  const missing = wanted.filter((name) => !existsSync(files[name]));
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) throw new Error(`installing ${missing.join(', ')} needs root: run the same with sudo`);
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
