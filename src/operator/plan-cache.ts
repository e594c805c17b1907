import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Stack } from '../api/index.ts';
import { hashOf } from '../kube/index.ts';
import { plan, type Facts, type KubeObject, type Plan } from '../stack/index.ts';

interface Entry {
  readonly version: string;
  readonly plan: Plan;
}

interface Packed {
  readonly version: string;
  /** The plan as deflated JSON: some 15 kB where the plan itself takes hundreds. */
  readonly bytes: Buffer;
}

/**
 * Plans of all stacks: a pod that turns ready must not cost a synthesis. Those seen last are whole, the others packed.
 * What a new plan renders as the last one did is the same object, so that whatever is known of it stays known.
 */
export class PlanCache {
  private readonly whole = new Map<string, Entry>();
  private readonly packed = new Map<string, Packed>();
  private readonly size: number;

  /** `size`: how many plans to keep whole. */
  constructor(size = 16) {
    this.size = size;
  }

  planOf(stack: Stack, facts: Facts): Plan {
    const version = `${stack.generation} ${hashOf(facts)}`;
    const known = this.whole.get(stack.uid) ?? this.unpack(stack.uid);
    const current =
      known?.version === version ? known : { version, plan: sharing(plan(stack, facts), known?.plan.components ?? []) };
    // The entry used last moves to the end; the first is the one to go.
    this.whole.delete(stack.uid);
    this.whole.set(stack.uid, current);
    for (const [oldest, entry] of this.whole) {
      if (this.whole.size <= this.size) break;
      this.whole.delete(oldest);
      this.packed.set(oldest, {
        version: entry.version,
        bytes: deflateRawSync(JSON.stringify(entry.plan), { level: 1 }),
      });
    }
    return current.plan;
  }

  /** Forgets the plan of a stack that is gone. */
  forget(uid: string): void {
    this.whole.delete(uid);
    this.packed.delete(uid);
  }

  private unpack(uid: string): Entry | undefined {
    const found = this.packed.get(uid);
    if (found === undefined) return undefined;
    this.packed.delete(uid);
    return { version: found.version, plan: JSON.parse(inflateRawSync(found.bytes).toString()) as Plan };
  }
}

function sharing(made: Plan, before: Plan['components']): Plan {
  const known = new Map<string, KubeObject>();
  for (const { objects } of before) for (const object of objects) known.set(JSON.stringify(object), object);
  const components = made.components.map((component) => ({
    ...component,
    objects: component.objects.map((object) => known.get(JSON.stringify(object)) ?? object),
  }));
  return { ...made, components };
}
