import { k8s } from 'cdk8s-plus-28';
import type { Resources, Volume } from '../api/index.ts';
import type { Component, Context } from './component.ts';
import { serviceAccount } from './identity.ts';
import { imageOf } from './images.ts';
import { metadataOf, selectorOf } from './labels.ts';
import { goMemoryLimit } from './memory-limit.ts';
import { childName } from './names.ts';
import { networkPolicies } from './network-policy.ts';
import { service } from './service.ts';
import { synthesize } from './synthesis.ts';
import { claimRetention, configMount, dataClaim, dataMount } from './volumes.ts';
import { podTemplate } from './workload.ts';
import { yamlOf } from './yaml.ts';

/** A backend that runs whole in one pod on one volume. */
export interface Monolith {
  readonly component: 'tempo' | 'mimir' | 'loki';
  /** The program's configuration file as data. */
  readonly config: object;
  readonly gracePeriodSeconds?: number;
  readonly settings: { readonly resources: Resources; readonly volume: Volume };
}

/** Where a monolith keeps everything it writes; its configuration names only paths below. */
export const dataPath = '/data';

/** Account, configuration, Service, policy and a StatefulSet of one: the same for all three backends. */
export function monolith(context: Context, { component, config, settings, gracePeriodSeconds }: Monolith): Component {
  const { stack } = context;
  const name = childName(stack, component);
  const metadata = metadataOf(stack, component);
  const directory = `/etc/${component}`;
  const file = `${component}.yaml`;
  const objects = synthesize((chart) => [
    serviceAccount(chart, stack, component),
    new k8s.KubeConfigMap(chart, 'config', { metadata, data: { [file]: yamlOf(config) } }),
    service(chart, stack, component),
    ...networkPolicies(chart, context, component),
    new k8s.KubeStatefulSet(chart, 'workload', {
      metadata,
      spec: {
        serviceName: name,
        replicas: 1,
        // Ordered sets never replace a pod that does not become ready, not even by the template that mends it.
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: selectorOf(stack, component) },
        ...claimRetention(stack.spec.deletionPolicy),
        template: podTemplate(context, {
          component,
          args: [`-config.file=${directory}/${file}`],
          env: goMemoryLimit(settings.resources.limits),
          mounts: [configMount('config', name, directory), dataMount(dataPath)],
          resources: settings.resources,
          readyPath: '/ready',
          ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
        }),
        volumeClaimTemplates: [dataClaim(stack, component, settings.volume)],
      },
    }),
  ]);
  return {
    name: component,
    image: imageOf(context, component),
    objects,
    workload: { kind: 'StatefulSet', name },
    readAtStart: [`ConfigMap/${name}`],
  };
}
