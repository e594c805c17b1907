import { k8s } from 'cdk8s-plus-28';
import { stableJson } from '../../lib/stable-json.ts';
import type { Component, Context } from '../component.ts';
import { serviceAccount } from '../identity.ts';
import { imageOf } from '../images.ts';
import { metadataOf, selectorOf } from '../labels.ts';
import { agentConfigName, childName } from '../names.ts';
import { networkPolicies } from '../network-policy.ts';
import { synthesize } from '../synthesis.ts';
import { configMount } from '../volumes.ts';
import { podTemplate } from '../workload.ts';
import { agentAccess } from './access.ts';
import { agentConfig } from './config.ts';

const component = 'agent';
const configDirectory = '/etc/ostack/agent';
const configFile = 'agent.json';

/** A young generation that may not grow to 48 MB, and one heap for all threads of the C library. */
const lean = [
  { name: 'NODE_OPTIONS', value: '--max-semi-space-size=2' },
  { name: 'MALLOC_ARENA_MAX', value: '1' },
];

/** The agent on every node: counts and traces the requests of programs that nobody instrumented. */
export function agent(context: Context): Component {
  const { stack } = context;
  const { budget } = stack.spec.instrumentation;
  const name = childName(stack, component);
  const metadata = metadataOf(stack, component);
  const configMap = agentConfigName(stack);
  const config = agentConfig(stack);
  const { clusterName, otlp, health } = config;
  const objects = synthesize((chart) => [
    serviceAccount(chart, stack, component, true),
    ...agentAccess(chart, stack),
    new k8s.KubeConfigMap(chart, 'config', {
      metadata: metadataOf(stack, component, configMap),
      data: { [configFile]: `${stableJson(config)}\n` },
    }),
    ...networkPolicies(chart, context, component),
    new k8s.KubeDaemonSet(chart, 'workload', {
      metadata,
      spec: {
        selector: { matchLabels: selectorOf(stack, component) },
        template: podTemplate(context, {
          component,
          args: ['agent', '--config', `${configDirectory}/${configFile}`, '--node', '$(K8S_NODE_NAME)'],
          env: [{ name: 'K8S_NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }, ...lean],
          mounts: [configMount('config', configMap, configDirectory)],
          // No CPU limit: a throttled agent would lose what it is told, one over its budget does less by itself.
          resources: { requests: budget, limits: { memory: budget.memory } },
          readyPath: '/readyz',
          livePath: '/healthz',
          inKernel: true,
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
    // Not the whole configuration: the agent follows that file, so that tuning restarts nothing.
    readAtStart: [],
    valuesAtStart: { clusterName, otlp, health },
  };
}
