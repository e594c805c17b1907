import type { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Stack } from '../api/index.ts';
import type { ComponentName } from './component.ts';
import { metadataOf, selectorOf } from './labels.ts';
import { localCollectorName } from './names.ts';
import { portsOf } from './ports.ts';

/** The collector of the caller's own node and no other: what one node sees never crosses the network twice. */
export function localCollector(chart: Chart, stack: Stack) {
  return new k8s.KubeService(chart, 'local-collector', {
    metadata: metadataOf(stack, 'alloy-node', localCollectorName(stack)),
    spec: {
      internalTrafficPolicy: 'Local',
      selector: selectorOf(stack, 'alloy-node'),
      ports: portsOf(stack, 'alloy-node')
        .filter(({ name }) => name === 'otlp-internal')
        .map(({ name, number }) => ({ name, port: number })),
    },
  });
}

/** The Service of a component with every port it has open; headless where callers pick the pod themselves. */
export function service(chart: Chart, stack: Stack, component: ComponentName, kind?: 'headless') {
  return new k8s.KubeService(chart, `${component}-service`, {
    metadata: metadataOf(stack, component),
    spec: {
      ...(kind === 'headless' && { clusterIp: 'None' }),
      selector: selectorOf(stack, component),
      ports: portsOf(stack, component).map(({ name, number }) => ({ name, port: number })),
    },
  });
}
