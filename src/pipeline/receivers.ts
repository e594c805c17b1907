import type { Stack } from '../api/index.ts';
import { block, component, ref, type Block, type Expression } from '../alloy/index.ts';
import { output, type Outputs } from './output.ts';
import { ports } from './ports.ts';

const intake: Expression = ref('otelcol.processor.memory_limiter.intake.input');

/** Larger than the 4 MiB gRPC gives by default: a batch of long spans exceeds that, and is lost when it is refused. */
export const maxMessage = '64MiB';

/** OTLP as the spec opens it, and the internal door that is always open. A signal that ends nowhere is refused here. */
export function nodeReceivers({ spec }: Stack, signals: readonly (keyof Outputs)[]): readonly Block[] {
  const { grpc, http } = spec.collection.receivers.otlp;
  const outputs = output(Object.fromEntries(signals.map((signal) => [signal, [intake]])));
  return [
    component(
      'otelcol.receiver.otlp',
      'applications',
      grpc ? block('grpc', { endpoint: anyAddress(ports.otlpGrpc), max_recv_msg_size: maxMessage }) : undefined,
      http ? block('http', { endpoint: anyAddress(ports.otlpHttp), max_request_body_size: maxMessage }) : undefined,
      outputs,
    ),
    component(
      'otelcol.receiver.otlp',
      'internal',
      block('http', { endpoint: anyAddress(ports.otlpInternal), max_request_body_size: maxMessage }),
      outputs,
    ),
  ];
}

/** What the nodes send: spans only, and none if nothing is done with them. */
export function samplerReceiver(used: boolean): Block {
  return component(
    'otelcol.receiver.otlp',
    'nodes',
    block('grpc', { endpoint: anyAddress(ports.otlpGrpc), max_recv_msg_size: maxMessage }),
    output({ traces: used ? [intake] : [] }),
  );
}

function anyAddress(port: number): string {
  return `0.0.0.0:${port}`;
}
