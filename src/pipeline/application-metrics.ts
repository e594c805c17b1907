import { component, ref, type Block } from '../alloy/index.ts';
import { metricsReceiver } from './metrics-writer.ts';
import { attributeOf, set } from './ottl.ts';
import { podAttributes } from './resource.ts';
import { transform } from './transform.ts';

// The uid is the instance already.
const labels = ['service.name', ...podAttributes.filter((name) => name !== 'k8s.pod.uid')];

/** OTLP metrics as Prometheus series that carry service, pod, workload and node, which OTLP keeps on the resource. */
export function applicationMetrics(): readonly Block[] {
  const statements = labels.map((name) => {
    const label = attributeOf('datapoint', name);
    return set(label, attributeOf('resource', name), `${label} == nil`);
  });
  return [
    transform(
      'labels',
      { metrics: [{ context: 'datapoint', statements }] },
      { metrics: [ref('otelcol.exporter.prometheus.applications.input')] },
    ),
    component('otelcol.exporter.prometheus', 'applications', { forward_to: [metricsReceiver] }),
  ];
}
