import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

// Needs root and a kernel that carries the probes; follows nobody but this test.
const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const agent = [process.execPath, main, 'agent', '--local', '--duration', '1s'];
const withoutRights = ['setpriv', '--bounding-set=-all', '--inh-caps=-all'];
const withoutBtf = ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs none /sys/kernel/btf && exec "$@"', 'sh'];

async function run(command: readonly string[], read = true): Promise<{ code: number; out: string; err: string }> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '' } });
  let [out, err] = ['', ''];
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  if (read) child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  else child.stdout.destroy();
  const [code] = (await once(child, 'close')) as [number];
  return { code, out, err };
}

test.each([
  ['a process that is not there', ['--pid', '4194399'], 'there is no process 4194399'],
  ['what nobody matches', ['--exec', '/no/such/*'], 'nothing was followed: there was none for program "/no/such/*"'],
])('%s: it says so, and is not fine', async (_, flags, expected) => {
  expect(await run([...agent, ...flags])).toMatchObject({ code: 1, err: `ostack: ${expected}\n` });
});

test('a reader that has gone ends it quietly', async () => {
  expect(await run([...agent, '--pid', String(process.pid)], false)).toEqual({ code: 0, out: '', err: '' });
});

test.each([
  ['rights', withoutRights, 'bpf-syscall (needs CAP_BPF and CAP_PERFMON); run this as root'],
  ['BTF', withoutBtf, 'btf (needs CONFIG_DEBUG_INFO_BTF (/sys/kernel/btf/vmlinux))'],
])('without %s it names that and nothing else, in one line', async (_, place, expected) => {
  expect(await run([...place, ...agent, '--pid', String(process.pid)])).toEqual({
    code: 1,
    out: '',
    err: `ostack: this host cannot be instrumented: this kernel does not support ${expected}\n`,
  });
});
