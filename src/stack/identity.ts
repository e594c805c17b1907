import type { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Stack } from '../api/index.ts';
import type { ComponentName } from './component.ts';
import { metadataOf } from './labels.ts';

/** A component's own service account; without a token unless its program talks to the API server. */
export function serviceAccount(chart: Chart, stack: Stack, component: ComponentName, usesApi = false) {
  return new k8s.KubeServiceAccount(chart, `${component}-account`, {
    metadata: metadataOf(stack, component),
    ...(!usesApi && { automountServiceAccountToken: false }),
  });
}
