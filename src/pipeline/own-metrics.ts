import { block, component, plus, ref, type Block, type Value } from '../alloy/index.ts';
import { env } from './environment.ts';
import { metricsReceiver } from './metrics-writer.ts';
import type { Wiring } from './wiring.ts';

const interval = { scrape_interval: '15s', scrape_timeout: '10s' };

/** The metrics of the Alloy that runs this configuration, under the name of its role. */
export function selfMetrics(job: 'alloy-node' | 'alloy-sampler'): readonly Block[] {
  return [
    component('prometheus.exporter.self', 'alloy'),
    component(
      'discovery.relabel',
      'self',
      { targets: ref('prometheus.exporter.self.alloy.targets') },
      setLabel('job', job),
      setLabel('instance', env('POD_NAME')),
      setLabel('node', env('K8S_NODE_NAME')),
    ),
    scrape('self', 'discovery.relabel.self.output'),
  ];
}

/**
 * The metrics of the other components. Every alloy-node scrapes the pods on its own node: each pod exactly once, under
 * its own name. A scrape through a Service would reach a random replica, once from each node.
 */
export function componentMetrics({ stackName, namespace, scrape: jobs }: Wiring): readonly Block[] {
  const others = jobs.filter(({ job }) => job !== 'alloy-node' && job !== 'alloy-sampler');
  if (others.length === 0) return [];
  return [
    component(
      'discovery.kubernetes',
      'components',
      { role: 'pod' },
      block('namespaces', { names: [namespace] }),
      block('selectors', {
        role: 'pod',
        field: onThisNode,
        label: `app.kubernetes.io/instance=${stackName}`,
      }),
    ),
    component(
      'discovery.relabel',
      'components',
      { targets: ref('discovery.kubernetes.components.targets') },
      block('rule', { source_labels: [nameLabel], regex: others.map(({ job }) => job).join('|'), action: 'keep' }),
      // A pod that has ended keeps its address for a while, which may belong to another pod by then.
      block('rule', { source_labels: ['__meta_kubernetes_pod_phase'], regex: 'Succeeded|Failed', action: 'drop' }),
      ...others.map(({ job, address }) =>
        block('rule', {
          source_labels: [nameLabel, '__meta_kubernetes_pod_ip'],
          regex: `${job};(.+)`,
          target_label: '__address__',
          replacement: `$1:${portOf(address)}`,
        }),
      ),
      copyLabel(nameLabel, 'job'),
      copyLabel('__meta_kubernetes_pod_name', 'instance'),
      copyLabel('__meta_kubernetes_pod_node_name', 'node'),
    ),
    scrape('components', 'discovery.relabel.components.output'),
  ];
}

const nameLabel = '__meta_kubernetes_pod_label_app_kubernetes_io_name';

/** Field selector for the pods of the node this Alloy runs on. */
export const onThisNode = plus('spec.nodeName=', env('K8S_NODE_NAME'));

function scrape(label: string, targets: string): Block {
  return component('prometheus.scrape', label, {
    targets: ref(targets),
    forward_to: [metricsReceiver],
    ...interval,
    scrape_native_histograms: true,
  });
}

function setLabel(name: string, value: Value): Block {
  return block('rule', { target_label: name, replacement: value });
}

/** A rule that copies a discovered label to a label of the series. */
export function copyLabel(from: string, to: string): Block {
  return block('rule', { source_labels: [from], target_label: to });
}

function portOf(address: string): string {
  return address.slice(address.lastIndexOf(':') + 1);
}
