import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Stack } from '../api/index.ts';
import { asRendering, hashOf, renderingHash, toRendering } from '../kube/index.ts';
import { plan, type Facts, type KubeObject, type Plan } from '../stack/index.ts';
import { adopted } from './ownership.ts';

interface Entry {
  readonly version: string;
  readonly plan: Plan;
  /** The plan as deflated JSON, some 15 kB where the plan itself takes hundreds; made when it first has to go. */
  packed?: Buffer;
}

type Packed = Required<Omit<Entry, 'plan'>>;

/**
 * Plans of all stacks, their objects as they are applied: a pod that turns ready must cost neither a synthesis nor a hash.
 * Those seen last are whole, the others packed. What a new plan renders as the last one did is the same object, so that
 * whatever is known of it stays known.
 */
export class PlanCache {
  private readonly whole = new Map<string, Entry>();
  private readonly packed = new Map<string, Packed>();
  private readonly size: number;

  /** `size`: how many plans to keep whole. */
  constructor(size = 16) {
    this.size = size;
  }

  /** The plan of a stack, every object adopted by it and rendered. */
  planOf(stack: Stack, facts: Facts): Plan {
    const version = `${stack.generation} ${hashOf(facts)}`;
    const known = this.whole.get(stack.uid) ?? this.unpack(stack.uid);
    const current = known?.version === version ? known : { version, plan: renderedPlan(stack, facts, known?.plan) };
    // The entry used last moves to the end; the first is the one to go.
    this.whole.delete(stack.uid);
    this.whole.set(stack.uid, current);
    for (const [oldest, entry] of this.whole) {
      if (this.whole.size <= this.size) break;
      this.whole.delete(oldest);
      this.packed.set(oldest, { version: entry.version, packed: entry.packed ?? pack(entry.plan) });
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
    const unpacked = JSON.parse(inflateRawSync(found.packed).toString()) as Plan;
    for (const { objects } of unpacked.components) for (const object of objects) asRendering(object);
    return { ...found, plan: unpacked };
  }
}

const pack = (whole: Plan): Buffer => deflateRawSync(JSON.stringify(whole), { level: 1 });

function renderedPlan(stack: Stack, facts: Facts, before: Plan | undefined): Plan {
  const known = new Map<string, KubeObject>();
  for (const { objects } of before?.components ?? []) for (const object of objects) known.set(keyOf(object), object);
  const made = plan(stack, facts);
  const components = made.components.map((component) => ({
    ...component,
    objects: component.objects.map((object) => {
      const rendering = toRendering(adopted(object, stack));
      return known.get(keyOf(rendering)) ?? rendering;
    }),
  }));
  return { ...made, components };
}

const keyOf = (object: KubeObject): string => `${object.kind} ${object.metadata.name} ${renderingHash(object)}`;
