import type { Stack } from '../api/index.ts';
import { block, component, config, ref, type AlloyConfig, type Block } from '../alloy/index.ts';
import { retry } from './delivery.ts';
import { hostname } from './environment.ts';
import { exportBuffer } from './export-buffer.ts';
import { logging } from './logging.ts';
import { memoryLimiter, memoryOf } from './memory.ts';
import { metricsWriter } from './metrics-writer.ts';
import { output } from './output.ts';
import { selfMetrics } from './own-metrics.ts';
import { samplerReceiver } from './receivers.ts';
import { redInput, redMetrics } from './red-metrics.ts';
import { sinks } from './sinks.ts';
import { samplingInput, tailSampling } from './tail-sampling.ts';
import { targetsOf } from './targets.ts';
import type { Wiring } from './wiring.ts';

/** The configuration of alloy-sampler: counts every span, then keeps the traces the sampling asks for. */
export function samplerPipeline(stack: Stack, wiring: Wiring): AlloyConfig {
  const { collection, sampling } = stack.spec;
  const targets = targetsOf(stack, wiring);
  const memory = memoryOf(collection.sampler.resources);
  const signals = { traces: targets.sinksOf('traces'), metrics: targets.sinksOf('metrics') };
  const queues = [targets.tempo ?? [], signals.traces, signals.metrics].flat().length;
  const buffer = exportBuffer(collection.buffer, memory, queues);
  const further = sinks(signals, buffer.queue);
  const counts = targets.has('metrics');
  const keeps = targets.has('traces');
  const ends = [...(targets.tempo ? [ref('otelcol.exporter.otlp.tempo.input')] : []), ...further.inputs.traces];

  return config(
    logging(),
    samplerReceiver(counts || keeps),
    memoryLimiter({ traces: [...(counts ? [redInput] : []), ...(keeps ? [samplingInput] : [])] }),
    counts ? redMetrics(collection.spanMetrics, targets, further.inputs.metrics) : [],
    keeps ? tailSampling(sampling, memory, ref('otelcol.processor.batch.traces.input')) : [],
    keeps
      ? component(
          'otelcol.processor.batch',
          'traces',
          // Tail sampling releases trace by trace, which would fill a queue with tiny requests.
          { timeout: '200ms', send_batch_size: 1000, send_batch_max_size: 2000 },
          output({ traces: ends }),
        )
      : undefined,
    targets.tempo ? tempo(targets.tempo.otlpGrpc, buffer.queue) : [],
    buffer.blocks,
    targets.remoteWrites.length > 0 ? selfMetrics('alloy-sampler') : [],
    // Several samplers count the same services: without a label of its own each would overwrite the others' series.
    metricsWriter(targets, wiring, { sampler: hostname }),
    further.blocks,
  );
}

function tempo(endpoint: string, buffer: Block): Block {
  return component(
    'otelcol.exporter.otlp',
    'tempo',
    buffer,
    retry(),
    block('client', { endpoint }, block('tls', { insecure: true })),
  );
}
