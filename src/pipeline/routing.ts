import type { Stack } from '../api/index.ts';
import { block, component, type Block } from '../alloy/index.ts';
import { queue, retry } from './delivery.ts';
import type { Wiring } from './wiring.ts';

/**
 * Sends every span of a trace to the same sampler. The dns resolver needs no rights and asks every 5 s.
 *
 * With one sampler the queue stands before the routing, so that what waits follows the sampler to its next address.
 * With several it stands behind: a request is spread over samplers, and trying the whole of it again because one of
 * them did not answer would count the spans of the others twice.
 */
export function traceRouting({ spec }: Stack, { sampler }: Wiring, queueBytes: number): Block {
  const one = spec.collection.sampler.replicas === 1;
  const off = [block('queue', { enabled: false }), block('retry', { enabled: false })];
  const on = [queue(queueBytes, undefined, 'queue'), retry('retry')];
  return component(
    'otelcol.exporter.loadbalancing',
    'samplers',
    // A slow answer that came after all would be sent again and counted twice.
    { routing_key: 'traceID', timeout: '30s' },
    one ? [queue(queueBytes), retry()] : [],
    block('resolver', block('dns', { hostname: sampler.headless, port: String(sampler.port), interval: '5s' })),
    block(
      'protocol',
      block('otlp', { timeout: '30s' }, one ? off : on, block('client', block('tls', { insecure: true }))),
    ),
  );
}
