import { block, component, type Block } from '../alloy/index.ts';
import { queue, retry } from './delivery.ts';
import type { Wiring } from './wiring.ts';

/**
 * Sends every span of a trace to the same sampler.
 *
 * With one sampler the queue stands before the routing, so that what waits follows the sampler to its next address.
 * With several it stands behind: a request is spread over samplers, and trying the whole of it again because one of
 * them did not answer would count the spans of the others twice.
 */
export function traceRouting({ namespace, sampler }: Wiring, queueBytes: number): Block {
  const one = !sampler.several;
  const off = [block('queue', { enabled: false }), block('retry', { enabled: false })];
  const on = [queue(queueBytes, undefined, 'queue'), retry('retry')];
  return component(
    'otelcol.exporter.loadbalancing',
    'samplers',
    // A slow answer that came after all would be sent again and counted twice.
    { routing_key: 'traceID', timeout: '30s' },
    one ? [queue(queueBytes), retry()] : [],
    block('resolver', one ? endpoints(namespace, sampler) : addresses(sampler)),
    block(
      'protocol',
      block('otlp', { timeout: '30s' }, one ? off : on, block('client', block('tls', { insecure: true }))),
    ),
  );
}

/** Needs no rights, and is good enough while others are there: a name without addresses leaves the last ones in use. */
function addresses({ headless, port }: Wiring['sampler']): Block {
  return block('dns', { hostname: headless, port: String(port), interval: '5s' });
}

/**
 * Sees an only sampler go as soon as it is told to, so that spans wait for the next one while it decides on what it
 * has. Needs rights, and Alloy hangs without them. The timeout is that of one watch: its default asks every second.
 */
function endpoints(namespace: string, { service, port }: Wiring['sampler']): Block {
  return block('kubernetes', { service: `${service}.${namespace}`, ports: [port], timeout: '5m' });
}
