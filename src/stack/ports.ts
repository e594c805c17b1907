import type { Stack } from '../api/index.ts';
import { ports as alloy } from '../pipeline/index.ts';
import type { ComponentName } from './component.ts';
import { hostOf } from './names.ts';

/** Who may open a connection: a component of the same stack, the operator's pods, or any pod or client. */
export type Caller = 'anyone' | 'operator' | ComponentName;

export interface Port {
  readonly name: PortName;
  readonly number: number;
  readonly callers: readonly Caller[];
}

export type PortName = 'otlp-grpc' | 'otlp-http' | 'otlp-internal' | 'http';

/**
 * Every port the stack listens on and who calls it. Services, container ports, NetworkPolicies, Alloy's exporters and
 * Grafana's datasources are all read from here. alloy-node calls the others also to scrape them.
 */
const model: Readonly<Record<ComponentName, readonly Port[]>> = {
  'alloy-node': [
    { name: 'otlp-grpc', number: alloy.otlpGrpc, callers: ['anyone'] },
    { name: 'otlp-http', number: alloy.otlpHttp, callers: ['anyone'] },
    { name: 'otlp-internal', number: alloy.otlpInternal, callers: ['operator', 'agent'] },
    { name: 'http', number: alloy.http, callers: ['operator'] },
  ],
  'alloy-sampler': [
    { name: 'otlp-grpc', number: alloy.otlpGrpc, callers: ['alloy-node'] },
    { name: 'http', number: alloy.http, callers: ['operator'] },
  ],
  tempo: [
    { name: 'otlp-grpc', number: 4317, callers: ['alloy-sampler'] },
    { name: 'http', number: 3200, callers: ['operator', 'grafana', 'alloy-node'] },
  ],
  mimir: [{ name: 'http', number: 8080, callers: ['operator', 'grafana', 'alloy-node', 'alloy-sampler'] }],
  loki: [{ name: 'http', number: 3100, callers: ['operator', 'grafana', 'alloy-node'] }],
  grafana: [{ name: 'http', number: 3000, callers: ['anyone'] }],
  agent: [{ name: 'http', number: 9465, callers: ['operator', 'alloy-node'] }],
};

/** The ports a component of this stack has open. */
export function portsOf(stack: Stack, component: ComponentName): readonly Port[] {
  const { grpc, http } = stack.spec.collection.receivers.otlp;
  const closed: readonly PortName[] =
    component === 'alloy-node'
      ? [...(grpc ? [] : ['otlp-grpc' as const]), ...(http ? [] : ['otlp-http' as const])]
      : [];
  return model[component].filter((port) => !closed.includes(port.name));
}

/** The number of a port, open or not. Throws when the component has no such port: a mistake in this room. */
export function portNumber(component: ComponentName, name: PortName): number {
  const port = model[component].find((candidate) => candidate.name === name);
  if (port === undefined) throw new Error(`${component} has no port ${name}`);
  return port.number;
}

/** `host:port` of a component's Service. */
export function addressOf(stack: Stack, component: ComponentName, name: PortName): string {
  return `${hostOf(stack, component)}:${portNumber(component, name)}`;
}

/** `http://host:port` of a component's Service. */
export function urlOf(stack: Stack, component: ComponentName, name: PortName = 'http'): string {
  return `http://${addressOf(stack, component, name)}`;
}
