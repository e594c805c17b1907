import { execa } from 'execa';

export interface GuestRun {
  /** Exit code of the job; undefined: the machine stopped without saying. */
  readonly exitCode: number | undefined;
  readonly console: string;
  readonly seconds: number;
}

/**
 * Boots a kernel with an image under software emulation and waits for its end. `counting`: one processor whose
 * nanoseconds are instructions; `possibleCpus`: how many its maps must be sized for.
 */
export async function runGuest(
  kernel: string,
  image: string,
  { timeoutMs = 180_000, counting = false, possibleCpus = 1 } = {},
): Promise<GuestRun> {
  const started = Date.now();
  const machine = ['-M', 'q35', '-accel', 'tcg,thread=single', '-cpu', 'max,la57=off', '-m', '2G'];
  const clock = counting ? ['-smp', `1,maxcpus=${possibleCpus}`, '-icount', 'shift=0,sleep=off'] : ['-smp', '2'];
  const plain = ['-nodefaults', '-display', 'none', '-serial', 'stdio', '-monitor', 'none', '-no-reboot'];
  const boot = ['-kernel', kernel, '-initrd', image, '-append', 'console=ttyS0 panic=-1 mitigations=off quiet'];
  const result = await execa('qemu-system-x86_64', [...machine, ...clock, ...plain, ...boot], {
    timeout: timeoutMs,
    reject: false,
    stdin: 'ignore',
    all: true,
  });
  const console = (result.all ?? '').replaceAll('\r', '');
  const code = /^@@EXIT ([0-9]+)$/m.exec(console)?.[1];
  return {
    exitCode: code === undefined ? undefined : Number(code),
    console,
    seconds: Math.round((Date.now() - started) / 1000),
  };
}
