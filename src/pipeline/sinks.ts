import { block, call, component, ref, toLabel, type Block, type Expression } from '../alloy/index.ts';
import { retry } from './delivery.ts';
import { canaryService } from './marks.ts';
import { resourceIs } from './ottl.ts';
import { output, type Outputs } from './output.ts';
import type { Sink } from './targets.ts';

/** The environment variable that holds the Authorization header of a sink, in both roles. */
export function authorizationVariable(sink: string): string {
  return `OSTACK_EXPORT_${sink.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_AUTHORIZATION`;
}

/** Exporters for sinks, behind one filter that keeps the operator's canary at home. */
export interface Sinks {
  readonly blocks: readonly Block[];
  /** What to send a signal to; empty if no sink takes it. */
  readonly inputs: Readonly<Record<'traces' | 'metrics' | 'logs', readonly Expression[]>>;
}

type Signal = keyof Sinks['inputs'];

/** `signals` names the sinks of each signal this role sends, `queue` is what waits for each of them. */
export function sinks(signals: Readonly<Partial<Record<Signal, readonly Sink[]>>>, queue: Block): Sinks {
  const wanted = Object.entries(signals).filter(([, list]) => list.length > 0);
  const used = new Set(wanted.flatMap(([, list]) => list));
  const outputs: Outputs = Object.fromEntries(
    wanted.map(([signal, list]) => [signal, list.map((sink) => ref(`${exporterOf(sink)}.input`))]),
  );
  const entry = (signal: Signal) =>
    outputs[signal] === undefined ? [] : [ref('otelcol.processor.filter.export.input')];
  return {
    blocks: used.size === 0 ? [] : [withoutCanary(outputs), ...[...used].flatMap((sink) => exporter(sink, queue))],
    inputs: { traces: entry('traces'), metrics: entry('metrics'), logs: entry('logs') },
  };
}

function withoutCanary(outputs: Outputs): Block {
  const isCanary = [resourceIs('service.name', canaryService)];
  return component(
    'otelcol.processor.filter',
    'export',
    { error_mode: 'ignore' },
    outputs.traces && block('traces', { span: isCanary }),
    outputs.metrics && block('metrics', { metric: isCanary }),
    outputs.logs && block('logs', { log_record: isCanary }),
    output(outputs),
  );
}

function exporterOf({ name, protocol }: Sink): string {
  return `otelcol.exporter.${protocol === 'Grpc' ? 'otlp' : 'otlphttp'}.${labelOf(name)}`;
}

function labelOf(name: string): string {
  return `export_${toLabel(name)}`;
}

function exporter(sink: Sink, queue: Block): readonly Block[] {
  const label = labelOf(sink.name);
  const auth = sink.authorization === undefined ? undefined : ref(`otelcol.auth.headers.${label}.handler`);
  return [
    ...(auth === undefined ? [] : [authorization(sink.name, label)]),
    component(
      sink.protocol === 'Grpc' ? 'otelcol.exporter.otlp' : 'otelcol.exporter.otlphttp',
      label,
      queue,
      retry(),
      block(
        'client',
        { endpoint: sink.endpoint, auth },
        sink.protocol === 'Grpc' && sink.insecure ? block('tls', { insecure: true }) : undefined,
      ),
    ),
  ];
}

function authorization(sink: string, label: string): Block {
  const value = call('sys.env', authorizationVariable(sink));
  return component('otelcol.auth.headers', label, block('header', { key: 'Authorization', value }));
}
