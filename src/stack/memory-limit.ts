import type { k8s } from 'cdk8s-plus-28';
import { parseQuantity } from '../lib/quantity.ts';

/**
 * GOMEMLIMIT at nine tenths of a container's memory limit, so that the Go runtime collects before the kernel kills.
 * Nothing without a limit. Alloy does this by itself.
 */
export function goMemoryLimit(limits: { readonly memory?: string }): readonly k8s.EnvVar[] {
  const bytes = limits.memory === undefined ? undefined : parseQuantity(limits.memory);
  return bytes === undefined ? [] : [{ name: 'GOMEMLIMIT', value: `${Math.floor((bytes * 0.9) / 2 ** 20)}MiB` }];
}
