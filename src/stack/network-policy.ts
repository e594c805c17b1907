import type { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { ComponentName, Context } from './component.ts';
import { metadataOf, selectorOf } from './labels.ts';
import { portsOf, type Caller } from './ports.ts';

/**
 * Closes a component's pods to everything but the callers the ports model names. A pod that a policy selects refuses
 * what no rule allows, so there is no separate deny. Outgoing traffic is not restricted.
 */
export function addNetworkPolicy(chart: Chart, context: Context, component: ComponentName): void {
  const { stack } = context;
  if (!stack.spec.security.networkPolicies) return;
  new k8s.KubeNetworkPolicy(chart, `${component}-policy`, {
    metadata: metadataOf(stack, component),
    spec: {
      podSelector: { matchLabels: selectorOf(stack, component) },
      // Stated though it is the default: whoever widens it must see it put back.
      policyTypes: ['Ingress'],
      ingress: portsOf(stack, component).map(({ number, callers }) => ({
        ports: [{ port: k8s.IntOrString.fromNumber(number) }],
        ...(!callers.includes('anyone') && { from: callers.map((caller) => peer(context, caller)) }),
      })),
    },
  });
}

function peer({ stack, facts }: Context, caller: Exclude<Caller, 'anyone'> | Caller): k8s.NetworkPolicyPeer {
  if (caller === 'operator') {
    return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': facts.operatorNamespace } } };
  }
  return { podSelector: { matchLabels: selectorOf(stack, caller as ComponentName) } };
}
