import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { namesOf, type Architecture } from './architecture.ts';
import { unpacked } from './debian-package.ts';
import { npmPackage } from './npm-package.ts';

const repository = join(import.meta.dirname, '../..');
const packages = ['busybox-static', 'libbpf1', 'libc6', 'libelf1', 'libgcc-s1', 'libstdc++6', 'zlib1g'];
const libraries = [
  'libc.so.6',
  'libdl.so.2',
  'libelf.so.1',
  'libgcc_s.so.1',
  'libm.so.6',
  'libpthread.so.0',
  'libstdc++.so.6',
  'libz.so.1',
  'libbpf.so.1',
];

/** Runs the job with node once the file systems are there, says how it ended on the console, and stops the machine. */
const init = `#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /tmp /dev/shm
mount -t tmpfs tmpfs /dev/shm
mount -t tracefs tracefs /sys/kernel/tracing
ip link set lo up
ulimit -l unlimited
ulimit -n 65536
cd /repository
OSTACK_JOB="$(cat /job)" /bin/node --disable-warning=ExperimentalWarning /repository/e2e/kernels/$(cat /program)
echo "@@EXIT $?"
poweroff -f
`;

/**
 * Builds the guest's root as one cpio archive: busybox, node, libbpf and what they link, the agent's sources, the built
 * probes and the C test program.
 */
export async function guestImage(
  directory: string,
  shapes: string,
  program: string,
  job = '{}',
  architecture: Architecture = 'amd64',
): Promise<string> {
  const { triple, loader, node, koffi } = namesOf[architecture];
  const root = join(directory, 'root');
  await rm(root, { recursive: true, force: true });
  for (const path of ['bin', 'proc', 'sys', 'dev', 'etc', 'repository'])
    await mkdir(join(root, path), { recursive: true });
  const put = async (from: string, to: string) => {
    await mkdir(dirname(join(root, to)), { recursive: true });
    await cp(from, join(root, to), { recursive: true, dereference: true });
  };
  const homes = await Promise.all(packages.map((name) => unpacked(name, architecture)));
  const putFirst = async (candidates: readonly string[], to: string) => {
    const from = homes.flatMap((home) => candidates.map((path) => join(home, path))).find((path) => existsSync(path));
    if (!from) throw new Error(`no package holds ${to}`);
    await put(from, to);
  };
  await putFirst(['bin/busybox'], 'bin/busybox');
  await putFirst([loader, `lib/${triple}/${basename(loader)}`], loader);
  for (const library of libraries)
    await putFirst([`lib/${triple}/${library}`, `usr/lib/${triple}/${library}`], `lib/${triple}/${library}`);
  await put(join(await npmPackage(node), 'bin/node'), 'bin/node');
  await put(shapes, 'bin/shapes');
  for (const path of ['src/agent/bpf', 'src/agent/protocol', 'bpf/built', 'e2e/kernels', 'package.json'])
    await put(join(repository, path), join('repository', path));
  for (const module of ['koffi', koffi]) await put(await npmPackage(module), join('repository/node_modules', module));
  await writeFile(join(root, 'etc/hosts'), '127.0.0.1 localhost\n');
  await writeFile(join(root, 'job'), job);
  await writeFile(join(root, 'program'), program);
  await writeFile(join(root, 'init'), init, { mode: 0o755 });
  const image = join(directory, 'guest.cpio');
  await execa(`find . | busybox cpio -o -H newc -R 0:0 > ${image}`, { cwd: root, shell: true });
  await rm(root, { recursive: true });
  return image;
}
