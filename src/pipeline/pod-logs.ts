import { block, component, object, ref, type Block, type Expression } from '../alloy/index.ts';
import { output } from './output.ts';
import { copyLabel, onThisNode } from './own-metrics.ts';
import type { Targets } from './targets.ts';
import type { Wiring } from './wiring.ts';

/** Standard output of the pods on this node, with the labels OTLP logs get in Loki, so that one query finds both. */
export function podLogs(
  { loki }: Targets,
  { clusterName }: Wiring,
  sinkInputs: readonly Expression[],
): readonly Block[] {
  const receivers = [
    ...(loki === undefined ? [] : [ref('loki.write.loki.receiver')]),
    ...(sinkInputs.length === 0 ? [] : [ref('otelcol.receiver.loki.pod_logs.receiver')]),
  ];
  return [
    component('discovery.kubernetes', 'pods', { role: 'pod' }, block('selectors', { role: 'pod', field: onThisNode })),
    component(
      'discovery.relabel',
      'pods',
      { targets: ref('discovery.kubernetes.pods.targets') },
      copyLabel(meta('namespace'), 'k8s_namespace_name'),
      copyLabel(meta('pod_name'), 'k8s_pod_name'),
      copyLabel(meta('pod_container_name'), 'k8s_container_name'),
      copyLabel(meta('pod_node_name'), 'k8s_node_name'),
      ...workloadLabels(),
      ...serviceLabels(),
    ),
    component('loki.source.kubernetes', 'pods', {
      targets: ref('discovery.relabel.pods.output'),
      forward_to: [ref('loki.process.pods.receiver')],
    }),
    traceIds(receivers),
    ...(loki === undefined ? [] : [writer(loki.push, clusterName)]),
    ...(sinkInputs.length === 0 ? [] : [component('otelcol.receiver.loki', 'pod_logs', output({ logs: sinkInputs }))]),
  ];
}

/** A Deployment's pods belong to a ReplicaSet named after it and the hash of the pod template. */
function workloadLabels(): readonly Block[] {
  return [
    controlledBy('ReplicaSet;(.+)-[0-9a-z]+', 'k8s_deployment_name'),
    controlledBy('StatefulSet;(.+)', 'k8s_statefulset_name'),
    controlledBy('DaemonSet;(.+)', 'k8s_daemonset_name'),
  ];
}

function controlledBy(regex: string, target: string): Block {
  const source_labels = [meta('pod_controller_kind'), meta('pod_controller_name')];
  return block('rule', { source_labels, regex, target_label: target });
}

// Later ones win: what holds the container, then what the pod says about itself.
const serviceNames = [
  meta('pod_container_name'),
  meta('pod_controller_name'),
  'k8s_deployment_name',
  meta('pod_label_app_kubernetes_io_name'),
  meta('pod_annotation_resource_opentelemetry_io_service_name'),
  meta('pod_annotation_ostack_io_service_name'),
];

function serviceLabels(): readonly Block[] {
  return serviceNames.map((source) =>
    block('rule', { source_labels: [source], regex: '(.+)', target_label: 'service_name' }),
  );
}

// A traceparent, or a key named trace_id, traceId, TraceID, trace.id in JSON or logfmt, with the 32 digits of W3C.
const traceParent = String.raw`\b00-(?P<trace_id>[0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}\b`;
const traceKey = String.raw`(?i)\btrace[._-]?id\b["']?\s*[:=]\s*["']?(?P<trace_id>[0-9a-f]{32})\b`;

function traceIds(receivers: readonly Expression[]): Block {
  return component(
    'loki.process',
    'pods',
    { forward_to: receivers },
    block('stage.regex', { expression: traceParent }),
    block('stage.regex', { expression: traceKey }),
    block('stage.structured_metadata', { values: object({ trace_id: '' }) }),
    // The source labels every line with its own component name.
    block('stage.label_drop', { values: ['job'] }),
  );
}

function writer(push: string, clusterName: string): Block {
  return component(
    'loki.write',
    'loki',
    { external_labels: clusterName === '' ? undefined : object({ k8s_cluster_name: clusterName }) },
    block('endpoint', { url: push }),
  );
}

function meta(name: string): string {
  return `__meta_kubernetes_${name}`;
}
