import type { Stack } from '../api/index.ts';
import type { Wiring } from '../pipeline/index.ts';
import type { Endpoints, ComponentName } from './component.ts';
import { childName, hostOf } from './names.ts';
import { addressOf, portNumber, urlOf } from './ports.ts';

const all: readonly ComponentName[] = ['tempo', 'mimir', 'loki', 'alloy-sampler', 'alloy-node', 'agent', 'grafana'];

/** The components the spec turns on, stores before what writes to them. */
export function enabledComponents({ spec }: Stack): readonly ComponentName[] {
  const off = new Set<ComponentName>([
    ...(spec.traces.backend === 'None' ? ['tempo' as const] : []),
    ...(spec.metrics.backend === 'None' ? ['mimir' as const] : []),
    ...(spec.logs.backend === 'None' ? ['loki' as const] : []),
    ...(spec.instrumentation.enabled ? [] : ['agent' as const]),
    ...(spec.grafana.enabled ? [] : ['grafana' as const]),
  ]);
  return all.filter((component) => !off.has(component));
}

export function disabledComponents(stack: Stack): readonly ComponentName[] {
  const enabled = enabledComponents(stack);
  return all.filter((component) => !enabled.includes(component));
}

/** Where the two Alloy roles send what they collect, and what they scrape. */
export function wiringOf(stack: Stack): Wiring {
  const enabled = enabledComponents(stack);
  return {
    stackName: stack.name,
    namespace: stack.namespace,
    clusterName: stack.spec.topology.clusterName,
    sampler: {
      service: childName(stack, 'alloy-sampler'),
      headless: hostOf(stack, 'alloy-sampler'),
      port: portNumber('alloy-sampler', 'otlp-grpc'),
    },
    ...(enabled.includes('tempo') && { tempo: { otlpGrpc: addressOf(stack, 'tempo', 'otlp-grpc') } }),
    ...(enabled.includes('mimir') && { mimir: { remoteWrite: `${urlOf(stack, 'mimir')}/api/v1/push` } }),
    ...(enabled.includes('loki') && { loki: { push: `${urlOf(stack, 'loki')}/loki/api/v1/push` } }),
    scrape: enabled
      .filter((component) => !component.startsWith('alloy'))
      .map((component) => ({ job: component, address: addressOf(stack, component, 'http') })),
  };
}

/** Where clients, the operator's canary and people reach the stack. */
export function endpointsOf(stack: Stack): Endpoints {
  const { grpc, http } = stack.spec.collection.receivers.otlp;
  const enabled = enabledComponents(stack);
  return {
    ...(grpc && { otlpGrpc: urlOf(stack, 'alloy-node', 'otlp-grpc') }),
    ...(http && { otlpHttp: urlOf(stack, 'alloy-node', 'otlp-http') }),
    internalOtlp: urlOf(stack, 'alloy-node', 'otlp-internal'),
    ...(enabled.includes('tempo') && { tempo: urlOf(stack, 'tempo') }),
    ...(enabled.includes('mimir') && { mimir: urlOf(stack, 'mimir') }),
    ...(enabled.includes('loki') && { loki: urlOf(stack, 'loki') }),
    ...(enabled.includes('grafana') && { grafana: urlOf(stack, 'grafana') }),
  };
}
