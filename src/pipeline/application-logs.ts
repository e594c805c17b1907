import { block, component, ref, type Block } from '../alloy/index.ts';
import { queue, retry } from './delivery.ts';
import { output } from './output.ts';

/**
 * OTLP log records to Loki's own OTLP endpoint: trace and span ids become structured metadata, and service, namespace,
 * pod and workload become index labels, without a mapping of ours.
 */
export function applicationLogs(push: string, queueBytes: number): readonly Block[] {
  return [
    component(
      'otelcol.processor.batch',
      'logs',
      { timeout: '200ms', send_batch_size: 1000, send_batch_max_size: 2000 },
      output({ logs: [ref('otelcol.exporter.otlphttp.loki.input')] }),
    ),
    component(
      'otelcol.exporter.otlphttp',
      'loki',
      queue(queueBytes),
      retry(),
      block('client', { endpoint: otlpEndpoint(push) }),
    ),
  ];
}

const pushPath = /\/loki\/api\/v1\/push$/;

/** `http://loki:3100/loki/api/v1/push` → `http://loki:3100/otlp`; the exporter adds `/v1/logs`. */
export function otlpEndpoint(push: string): string {
  return `${push.replace(pushPath, '').replace(/\/$/, '')}/otlp`;
}
