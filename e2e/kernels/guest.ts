import { execa } from 'execa';
import type { Architecture } from './architecture.ts';

export interface GuestRun {
  /** Exit code of the job; undefined: the machine stopped without saying. */
  readonly exitCode: number | undefined;
  readonly console: string;
  readonly seconds: number;
}

interface Machine {
  readonly emulator: string;
  readonly arguments: readonly string[];
  readonly serial: string;
}

/* x86-64 on one thread: with more, detaching scheduler tracepoints panics the guest now and then. */
const machines: Readonly<Record<Architecture, Machine>> = {
  amd64: {
    emulator: 'qemu-system-x86_64',
    arguments: ['-M', 'q35', '-accel', 'tcg,thread=single', '-cpu', 'max,la57=off'],
    serial: 'ttyS0',
  },
  arm64: {
    emulator: 'qemu-system-aarch64',
    arguments: ['-M', 'virt', '-accel', 'tcg,thread=multi', '-cpu', 'max,pauth-impdef=on'],
    serial: 'ttyAMA0',
  },
};

/**
 * Boots a kernel with an image under software emulation and waits for its end. `counting`: one processor whose
 * nanoseconds are instructions; `possibleCpus`: how many its maps must be sized for.
 */
export async function runGuest(
  kernel: string,
  image: string,
  { timeoutMs = 600_000, counting = false, possibleCpus = 1, architecture = 'amd64' as Architecture } = {},
): Promise<GuestRun> {
  const started = Date.now();
  const machine = machines[architecture];
  const clock = counting ? ['-smp', `1,maxcpus=${possibleCpus}`, '-icount', 'shift=0,sleep=off'] : ['-smp', '2'];
  const plain = ['-m', '2G', '-nodefaults', '-display', 'none', '-serial', 'stdio', '-monitor', 'none', '-no-reboot'];
  const command = `console=${machine.serial} panic=-1 mitigations=off quiet`;
  const boot = ['-kernel', kernel, '-initrd', image, '-append', command];
  const result = await execa(machine.emulator, [...machine.arguments, ...clock, ...plain, ...boot], {
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
