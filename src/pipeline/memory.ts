import type { Resources } from '../api/index.ts';
import { component, type Block } from '../alloy/index.ts';
import { parseQuantity } from '../lib/quantity.ts';
import { output, type Outputs } from './output.ts';

const MiB = 2 ** 20;
const assumedBytes = 512 * MiB;

/** Bytes a role may use: its limit, or what `dev` gives if there is none. */
export function memoryOf({ limits }: Resources): number {
  return (limits.memory === undefined ? undefined : parseQuantity(limits.memory)) ?? assumedBytes;
}

/**
 * Bytes an export queue in memory may hold. A tenth of the limit, since what is queued takes a few times its encoded
 * size; never so little that one large batch does not fit.
 */
export function queueBytes(memory: number): number {
  return Math.max(32 * MiB, Math.floor(memory / 10));
}

/** Refuses what does not fit instead of being killed; senders try again. */
export function memoryLimiter(outputs: Outputs): Block {
  return component(
    'otelcol.processor.memory_limiter',
    'intake',
    { check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 20 },
    output(outputs),
  );
}
