import { k8s } from 'cdk8s-plus-28';
import { printAlloy } from '../../alloy/index.ts';
import { nodePipeline, stabilityOf, type Wiring } from '../../pipeline/index.ts';
import type { Component, Context } from '../component.ts';
import { addServiceAccount } from '../identity.ts';
import { imageOf } from '../images.ts';
import { metadataOf, selectorOf } from '../labels.ts';
import { childName } from '../names.ts';
import { addNetworkPolicy } from '../network-policy.ts';
import { addService } from '../service.ts';
import { synthesize } from '../synthesis.ts';
import { configMount, scratchMount } from '../volumes.ts';
import { podTemplate } from '../workload.ts';
import { addPodReader } from './pod-reader.ts';
import { authorizationEnv, authorizationSecrets } from './export-secrets.ts';
import { alloyArgs, configDirectory, configFile, podEnv, storagePath } from './program.ts';

const component = 'alloy-node';

/** The collector on every node: takes OTLP and pod logs, adds what Kubernetes knows, routes traces by their id. */
export function alloyNode(context: Context, wiring: Wiring): Component {
  const { stack } = context;
  const name = childName(stack, component);
  const config = nodePipeline(stack, wiring);
  const objects = synthesize((chart) => {
    addServiceAccount(chart, stack, component, true);
    addPodReader(chart, stack, component);
    new k8s.KubeConfigMap(chart, 'config', {
      metadata: metadataOf(stack, component),
      data: { [configFile]: printAlloy(config) },
    });
    addService(chart, stack, component);
    addNetworkPolicy(chart, context, component);
    new k8s.KubeDaemonSet(chart, 'workload', {
      metadata: metadataOf(stack, component),
      spec: {
        selector: { matchLabels: selectorOf(stack, component) },
        template: podTemplate(stack, {
          component,
          args: alloyArgs(stabilityOf(config)),
          env: [...podEnv, ...authorizationEnv(stack)],
          mounts: [configMount('config', name, configDirectory), scratchMount('storage', storagePath)],
          resources: stack.spec.collection.node.resources,
          readyPath: '/-/ready',
          usesApi: true,
        }),
      },
    });
  });
  return {
    name: component,
    image: imageOf(component, stack.spec.images),
    objects,
    workload: { kind: 'DaemonSet', name },
    readAtStart: [`ConfigMap/${name}`, ...authorizationSecrets(stack)],
  };
}
