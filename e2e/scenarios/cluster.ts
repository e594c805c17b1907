import { testImages } from '../cluster/images.ts';
import { type RealNode, upNode } from '../cluster/node.ts';
import { clientOf, type Client } from '../demo/context.ts';
import { helmOf } from '../demo/operator.ts';
import { portForward } from '../demo/port-forward.ts';

/** A cluster scenarios run on. Images of the checkout are there as `ostack.test/ostack:dev` and `ostack.test/shop:dev`. */
export interface Cluster extends Client {
  /** http://host:port at which a Service answers the test. */
  url(service: string, namespace: string, port: number): Promise<string>;
  /** What is below it, where that is ours. */
  readonly node?: RealNode;
}

/** The context of the kubeconfig whose cluster the scenarios run on; without one they run on a node of `e2e/cluster`. */
const context = process.env['OSTACK_CONTEXT'];

/** Images of other projects that a stack has to name here: none where the published ones can be pulled. */
export const imageOverrides: Readonly<Record<string, string>> = context === undefined ? testImages : {};

/** Opens the cluster; a node of our own is brought up if it does not run. */
export async function openCluster(): Promise<Cluster> {
  return context === undefined ? clusterOf(await upNode()) : clusterAt(context);
}

function clusterOf(node: RealNode): Cluster {
  return {
    node,
    kubectl: (args, input) => node.kubectl(args, input),
    helm: helmOf(node),
    async url(service, namespace, port) {
      const address = ['get', 'service', service, '-n', namespace, '-o', 'jsonpath={.spec.clusterIP}'];
      return `http://${(await node.kubectl(address)).trim()}:${port}`;
    },
  };
}

function clusterAt(name: string): Cluster {
  return {
    ...clientOf(name),
    // They end with the process: a scenario file is one.
    url: async (service, namespace, port) => (await portForward(name, { namespace, service, port })).url,
  };
}
