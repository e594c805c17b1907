import type { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Stack } from '../api/index.ts';
import type { Rendered } from './component.ts';
import { metadataOf, selectorOf } from './labels.ts';
import { portsOf } from './ports.ts';

/** The Service of a component with every port it has open; headless where callers pick the pod themselves. */
export function service(chart: Chart, stack: Stack, component: Rendered, kind?: 'headless') {
  return new k8s.KubeService(chart, `${component}-service`, {
    metadata: metadataOf(stack, component),
    spec: {
      ...(kind === 'headless' && { clusterIp: 'None' }),
      selector: selectorOf(stack, component),
      ports: portsOf(stack, component).map(({ name, number }) => ({ name, port: number })),
    },
  });
}
