import { backends } from './wrong-specs/backends.ts';
import { collection } from './wrong-specs/collection.ts';
import { instrumentation } from './wrong-specs/instrumentation.ts';
import { placement } from './wrong-specs/placement.ts';
import { sampling } from './wrong-specs/sampling.ts';
import { stack } from './wrong-specs/stack.ts';
import type { WrongSpec } from './wrong-specs/wrong-spec.ts';

export type { WrongSpec } from './wrong-specs/wrong-spec.ts';

/** Every mistake of the table. */
export function wrongSpecs(): readonly WrongSpec[] {
  return [...stack, ...sampling, ...collection, ...backends, ...placement, ...instrumentation];
}

/** A resource that carries a spec. */
export function carrying(spec: unknown, name = 'demo'): object {
  const metadata = { name, namespace: 'observability' };
  return { apiVersion: 'ostack.io/v1alpha1', kind: 'ObservabilityStack', metadata, spec };
}
