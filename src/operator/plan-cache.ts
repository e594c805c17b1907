import { hashOf } from '../kube/index.ts';
import type { Stack } from '../api/index.ts';
import { plan, type Facts, type Plan } from '../stack/index.ts';

/** Plans of the stacks seen last: a pod that turns ready must not cost a synthesis. Bounded, as a plan holds whole dashboards. */
export class PlanCache {
  private readonly entries = new Map<string, { readonly version: string; readonly plan: Plan }>();
  private readonly size: number;

  constructor(size = 32) {
    this.size = size;
  }

  planOf(stack: Stack, facts: Facts): Plan {
    const version = `${stack.generation} ${hashOf(facts)}`;
    const known = this.entries.get(stack.uid);
    const current = known?.version === version ? known : { version, plan: plan(stack, facts) };
    // The entry used last moves to the end; the first is the one to go.
    this.entries.delete(stack.uid);
    this.entries.set(stack.uid, current);
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.size) break;
      this.entries.delete(oldest);
    }
    return current.plan;
  }
}
