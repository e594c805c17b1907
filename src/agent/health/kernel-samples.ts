import { type Kernel, healthReasons } from '../bpf/contract.ts';

/** What the kernel side counts of itself: each reason something is seen, kept or not followed. */
export function* kernelSamples(
  kernel: Pick<Kernel, 'readHealth' | 'mapBytes'>,
): IterableIterator<readonly [string, number]> {
  const health = kernel.readHealth();
  for (const reason of healthReasons) yield [`kernel_events_total{event="${reason}"}`, Number(health[reason])];
  yield ['kernel_map_bytes', kernel.mapBytes];
}
