import { k8s } from 'cdk8s-plus-28';
import { printAlloy } from '../../alloy/index.ts';
import { nodePipeline, readyPath, type Wiring } from '../../pipeline/index.ts';
import type { Component, Context } from '../component.ts';
import { serviceAccount } from '../identity.ts';
import { imageOf } from '../images.ts';
import { metadataOf, selectorOf } from '../labels.ts';
import { childName } from '../names.ts';
import { networkPolicies } from '../network-policy.ts';
import { anyCollector, service } from '../service.ts';
import { synthesize } from '../synthesis.ts';
import { configMount, scratchMount } from '../volumes.ts';
import { podTemplate } from '../workload.ts';
import { collectorAccess } from './access.ts';
import { exportSecrets } from './export-secrets.ts';
import { alloyArgs, configDirectory, configFile, podEnv, storagePath } from './program.ts';

const component = 'alloy-node';

/** The collector on every node: takes OTLP and pod logs, adds what Kubernetes knows, routes traces by their id. */
export function alloyNode(context: Context, wiring: Wiring): Component {
  const { stack } = context;
  const name = childName(stack, component);
  const metadata = metadataOf(stack, component);
  const config = nodePipeline(stack, wiring);
  const text = printAlloy(config);
  const secrets = exportSecrets(stack, text);
  const objects = synthesize((chart) => [
    serviceAccount(chart, stack, component, true),
    ...collectorAccess(chart, context),
    new k8s.KubeConfigMap(chart, 'config', { metadata, data: { [configFile]: text } }),
    // A collector knows only the pods of its node: of what comes from elsewhere it could not tell whose it is.
    service(chart, stack, component, 'own-node'),
    anyCollector(chart, stack),
    ...networkPolicies(chart, context, component),
    new k8s.KubeDaemonSet(chart, 'workload', {
      metadata,
      spec: {
        selector: { matchLabels: selectorOf(stack, component) },
        template: podTemplate(context, {
          component,
          args: alloyArgs(config),
          env: [...podEnv, ...secrets.env],
          mounts: [configMount('config', name, configDirectory), scratchMount('storage', storagePath)],
          resources: stack.spec.collection.node.resources,
          readyPath,
          usesApi: true,
        }),
      },
    }),
  ]);
  return {
    name: component,
    image: imageOf(context, component),
    objects,
    workload: { kind: 'DaemonSet', name },
    readAtStart: [`ConfigMap/${name}`, ...secrets.references],
  };
}
