import type { Kernel } from '../bpf/index.ts';
import { healthReasons } from '../bpf/health.ts';
import { labelValue } from './metrics-text.ts';

/** What the kernel side counts of itself: each reason something is seen, kept or not followed, and bytes per service. */
export function* kernelSamples(
  kernel: Pick<Kernel, 'readHealth' | 'readCoverage' | 'mapBytes'>,
  nameOf: (service: number) => string | undefined,
): IterableIterator<readonly [string, number]> {
  const health = kernel.readHealth();
  for (const reason of healthReasons) yield [`kernel_events_total{event="${reason}"}`, Number(health[reason])];
  yield ['kernel_map_bytes', kernel.mapBytes];
  const bytes = new Map<string, number>();
  for (const { serviceId, ...states } of kernel.readCoverage()) {
    const service = nameOf(serviceId);
    if (service === undefined) continue;
    for (const [state, count] of Object.entries(states)) {
      const sample = `socket_bytes_total{service="${labelValue(service)}",state="${state}"}`;
      bytes.set(sample, (bytes.get(sample) ?? 0) + Number(count));
    }
  }
  yield* bytes;
}
