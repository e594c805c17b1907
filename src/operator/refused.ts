import type { Clock } from '../lib/clock.ts';
import { hashOf, type KubeObject } from '../kube/index.ts';
import type { Refusal } from './observation/observation.ts';

/**
 * What the API server refused, so that a pod that flaps does not send it again with every pass. The same rendering is
 * tried once a minute: rights and quotas change without a word to us.
 */
export class RefusedObjects {
  private readonly clock: Clock;
  private readonly entries = new Map<
    string,
    { readonly hash: string; readonly at: number; readonly refusal: Refusal }
  >();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** The refusal that still stands for this rendering, if any. */
  standing(key: string, object: KubeObject): Refusal | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    const fresh = this.clock.now() - entry.at < retryRefusedMs;
    if (fresh && entry.hash === hashOf(object)) return entry.refusal;
    return undefined;
  }

  remember(key: string, object: KubeObject, refusal: Refusal): void {
    this.entries.set(key, { hash: hashOf(object), at: this.clock.now(), refusal });
  }

  forget(key: string): void {
    this.entries.delete(key);
  }
}

export const retryRefusedMs = 60_000;
