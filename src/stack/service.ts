import type { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Stack } from '../api/index.ts';
import type { ComponentName } from './component.ts';
import { metadataOf, selectorOf } from './labels.ts';
import { anyCollectorName } from './names.ts';
import { portsOf } from './ports.ts';

/** Which pods of a component its Service leads to: any, that of the caller's node, or all for callers to pick from. */
export type Reach = 'any' | 'own-node' | 'headless';

/** The Service of a component with every port it has open. */
export function service(chart: Chart, stack: Stack, component: ComponentName, reach: Reach = 'any') {
  return new k8s.KubeService(chart, `${component}-service`, {
    metadata: metadataOf(stack, component),
    spec: {
      ...(reach === 'headless' && { clusterIp: 'None' }),
      ...(reach === 'own-node' && { internalTrafficPolicy: 'Local' }),
      selector: selectorOf(stack, component),
      ports: portsOf(stack, component).map(({ name, number }) => ({ name, port: number })),
    },
  });
}

/** Any collector there is, for the canary: it comes from no pod of interest, and its node may be without one. */
export function anyCollector(chart: Chart, stack: Stack) {
  return new k8s.KubeService(chart, 'any-collector', {
    metadata: metadataOf(stack, 'alloy-node', anyCollectorName(stack)),
    spec: {
      selector: selectorOf(stack, 'alloy-node'),
      ports: portsOf(stack, 'alloy-node')
        .filter(({ name }) => name === 'otlp-internal')
        .map(({ name, number }) => ({ name, port: number })),
    },
  });
}
