import type { ApiObject, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Context, ComponentName } from './component.ts';
import { metadataOf, selectorOf } from './labels.ts';
import { portsOf, type Caller } from './ports.ts';

/**
 * Closes a component's pods to everything but the callers the ports model names. A pod that a policy selects refuses
 * what no rule allows, so there is no separate deny. Nothing where the spec asks for no policies. Outgoing traffic is not restricted.
 */
export function networkPolicies(chart: Chart, context: Context, component: ComponentName): readonly ApiObject[] {
  const { stack } = context;
  if (!stack.spec.security.networkPolicies) return [];
  const policy = new k8s.KubeNetworkPolicy(chart, `${component}-policy`, {
    metadata: metadataOf(stack, component),
    spec: {
      podSelector: { matchLabels: selectorOf(stack, component) },
      // Stated though it is the default: whoever widens it must see it put back.
      policyTypes: ['Ingress'],
      ingress: portsOf(stack, component).map(({ number, callers }) => ({
        ports: [{ port: k8s.IntOrString.fromNumber(number) }],
        ...peers(context, callers),
      })),
    },
  });
  return [policy];
}

/** What the chart labels its pods with. */
const operatorPods = { 'app.kubernetes.io/name': 'ostack-operator' };

function peers(context: Context, callers: readonly Caller[]): Pick<k8s.NetworkPolicyIngressRule, 'from'> {
  const named = callers.filter((caller) => caller !== 'anyone');
  return named.length < callers.length ? {} : { from: named.map((caller) => peer(context, caller)) };
}

function peer({ stack, facts }: Context, caller: Exclude<Caller, 'anyone'>): k8s.NetworkPolicyPeer {
  if (caller === 'operator') {
    return {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': facts.operatorNamespace } },
      podSelector: { matchLabels: operatorPods },
    };
  }
  return { podSelector: { matchLabels: selectorOf(stack, caller) } };
}
