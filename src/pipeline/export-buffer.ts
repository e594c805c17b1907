import type { Stack } from '../api/index.ts';
import { block, component, ref, type Block } from '../alloy/index.ts';
import { parseQuantity } from '../lib/quantity.ts';
import { queue } from './delivery.ts';
import { queueBytes } from './memory.ts';

/** Where a sampler keeps what it could not deliver yet. */
export interface ExportBuffer {
  /** The queue of each signal of each exporter. */
  readonly queue: Block;
  /** What the queues are kept in, if that is not memory. */
  readonly blocks: readonly Block[];
}

/** `queues`: how many share the volume, where there is one. `memory`: bytes a sampler may use. */
export function exportBuffer(
  { persistent, size }: Stack['spec']['collection']['buffer'],
  memory: number,
  queues: number,
): ExportBuffer {
  if (!persistent || queues === 0) return { queue: queue(queueBytes(memory)), blocks: [] };
  return {
    queue: queue(Math.floor(onVolume(size) / queues), ref('otelcol.storage.file.buffer.handler')),
    blocks: [
      component(
        'otelcol.storage.file',
        'buffer',
        { create_directory: true },
        block('compaction', { on_start: true, on_rebound: true, cleanup_on_start: true }),
      ),
    ],
  };
}

/** The files are larger than what they hold, and a compaction writes a second one: two fifths of the volume fit. */
function onVolume(size: string): number {
  return (parseQuantity(size) ?? 0) * 0.4;
}
