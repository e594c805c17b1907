import { hash } from 'node:crypto';
import type { Side } from '../bpf/contract.ts';
import type { Item } from './item.ts';

/**
 * The span id of one end of a call. It follows from the link key alone, so the agent at the other end, on whatever node,
 * can name this span as parent without having heard of it.
 */
export function spanIdOf({ key, link }: Item, end: Side): Buffer {
  const id = hash('sha1', `${end} ${link ?? key}`, 'buffer').subarray(0, 8);
  // All zeros is no id (W3C trace context).
  if (id.every((byte) => byte === 0)) id[7] = 1;
  return id;
}
