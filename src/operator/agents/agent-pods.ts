import type { Stack } from '../../api/index.ts';
import type { Cluster, Live } from '../../kube/index.ts';
import { portNumber } from '../../stack/index.ts';
import { podIp } from '../observation/pod-ip.ts';

/** An agent that can be asked. */
export interface AgentPod {
  readonly node: string;
  /** Of its /readyz. */
  readonly url: string;
  /** Changes when its answer may be another: it started again, or the kubelet found it (not) ready. */
  readonly fingerprint: string;
}

interface Status {
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  readonly containerStatuses?: readonly { readonly restartCount?: number }[];
}

/** The agents of a stack that have an address, by node; from the store, no request is made. */
export function agentPods(
  cluster: Pick<Cluster, 'select'>,
  stack: Pick<Stack, 'name' | 'namespace'>,
): readonly AgentPod[] {
  const selector = { 'app.kubernetes.io/name': 'agent', 'app.kubernetes.io/instance': stack.name };
  return cluster
    .select('v1', 'Pod', selector, stack.namespace)
    .filter((pod) => pod.metadata.deletionTimestamp === undefined)
    .flatMap((pod) => {
      const ip = podIp(pod);
      return ip === undefined ? [] : [agentPod(pod, ip)];
    })
    .toSorted((a, b) => (a.node < b.node ? -1 : 1));
}

function agentPod(pod: Live, ip: string): AgentPod {
  const { conditions = [], containerStatuses = [] } = (pod['status'] ?? {}) as Status;
  const ready = conditions.find(({ type }) => type === 'Ready')?.status ?? '';
  return {
    node: (pod['spec'] as { nodeName?: string } | undefined)?.nodeName ?? pod.metadata.name,
    url: `http://${ip}:${portNumber('agent', 'http')}/readyz`,
    fingerprint: [pod.metadata.uid, ready, containerStatuses[0]?.restartCount ?? 0].join(),
  };
}
