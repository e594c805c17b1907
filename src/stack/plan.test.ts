import { describe, expect, test } from '@jest/globals';
import { plan } from './plan.ts';
import { portsOf } from './ports.ts';
import { everything, objectOf, objectsOf, podTemplates, someFacts, someStack, type SomeSpec } from './specimen.ts';

const stacks: readonly (readonly [string, SomeSpec])[] = [
  ['with defaults', {}],
  ['with everything on', everything],
];

interface Service {
  readonly spec: {
    readonly selector: Readonly<Record<string, string>>;
    readonly ports: readonly { readonly port: number }[];
    readonly internalTrafficPolicy?: string;
  };
}
const longName = 'a'.repeat(38);

test('the same stack and facts give the same objects, byte for byte', () => {
  const [once, again] = [plan(someStack(everything), someFacts), plan(someStack(everything), someFacts)];
  expect(JSON.stringify(again)).toBe(JSON.stringify(once));
});

test('stores come before what writes to them, and what a workload needs before the workload', () => {
  const { components } = plan(someStack(), someFacts);
  expect(components.map(({ name }) => name)).toEqual([
    'tempo',
    'mimir',
    'loki',
    'alloy-sampler',
    'alloy-node',
    'agent',
    'grafana',
  ]);
  for (const { objects, workloads } of components) {
    const last = objects.at(-1);
    expect([{ kind: last?.kind, name: last?.metadata.name }]).toEqual(workloads);
  }
});

test('a store that is off is not rendered, not an endpoint, and nothing points to it', () => {
  const spec = { traces: { backend: 'None' }, logs: { backend: 'None' }, grafana: { enabled: false } } as const;
  const { components, disabled, endpoints } = plan(someStack(spec), someFacts);
  expect(disabled).toEqual(['tempo', 'loki', 'grafana']);
  expect(components.map(({ name }) => name)).toEqual(['mimir', 'alloy-sampler', 'alloy-node', 'agent']);
  expect(Object.keys(endpoints)).toEqual(['otlpGrpc', 'otlpHttp', 'internalOtlp', 'mimir']);
  const text = JSON.stringify(components);
  for (const gone of ['demo-tempo', 'demo-loki', 'demo-grafana']) expect(text).not.toContain(gone);
});

test('the internal receiver stays open when a receiver is closed', () => {
  const spec = { collection: { receivers: { otlp: { grpc: false } } } };
  const { endpoints } = plan(someStack(spec), someFacts);
  expect(endpoints.otlpGrpc).toBeUndefined();
  expect(endpoints.internalOtlp).toBe('http://demo-alloy-node-any.observability.svc:4319');
  const ports = objectOf('Service', 'demo-alloy-node', objectsOf(spec))['spec'] as { ports: { name: string }[] };
  expect(ports.ports.map(({ name }) => name)).toEqual(['otlp-http', 'otlp-internal', 'http']);
});

describe.each(stacks)('a stack %s', (_title, spec) => {
  const objects = objectsOf(spec);

  test('is sent to at the collector of the sender’s own node, which alone knows its pod; the canary goes to any', () => {
    const { otlpGrpc, otlpHttp, internalOtlp } = plan(someStack(spec), someFacts).endpoints;
    for (const url of [otlpGrpc, otlpHttp]) expect(policyOf(url)).toBe('Local');
    expect(policyOf(internalOtlp)).toBeUndefined();
    const open = portsOf(someStack(spec), 'alloy-node').filter(({ callers }) => callers.includes('anyone'));
    for (const { spec: found } of objects.filter(({ kind }) => kind === 'Service') as unknown as Service[]) {
      if (found.selector['app.kubernetes.io/name'] !== 'alloy-node') continue;
      const forApplications = found.ports.some(({ port }) => open.some(({ number }) => number === port));
      expect(found.internalTrafficPolicy).toBe(forApplications ? 'Local' : undefined);
    }
  });

  function policyOf(url: string | undefined): string | undefined {
    const name = new URL(url ?? '').hostname.split('.')[0] ?? '';
    return (objectOf('Service', name, objects) as unknown as Service).spec.internalTrafficPolicy;
  }

  test('has every endpoint behind a Service with that port', () => {
    for (const url of Object.values(plan(someStack(spec), someFacts).endpoints)) {
      const { hostname, port } = new URL(url);
      const service = objectOf('Service', hostname.split('.')[0] ?? '', objects);
      const { ports } = service['spec'] as { ports: { port: number }[] };
      expect(ports.map((open) => `${open.port}`)).toContain(port);
    }
  });

  test('has each Service port open in the pods it selects', () => {
    const pods = podTemplates(objects);
    for (const service of objects.filter(({ kind }) => kind === 'Service')) {
      const { selector, ports } = service['spec'] as { selector: Record<string, string>; ports: { port: number }[] };
      const chosen = [...pods.values()].filter(({ metadata }) =>
        Object.entries(selector).every(([key, value]) => metadata.labels[key] === value),
      );
      expect(chosen).toHaveLength(1);
      const open = chosen[0]?.spec.containers[0]?.ports.map(({ containerPort }) => containerPort);
      const wanted = ports.map(({ port }) => port);
      expect(service.metadata.name.endsWith('-any') ? open?.filter((port) => wanted.includes(port)) : open).toEqual(
        wanted,
      );
    }
  });

  test('names no object twice', () => {
    const names = objects.map(({ kind, metadata }) => `${kind}/${metadata.namespace}/${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test('puts its labels on every object', () => {
    for (const { metadata } of objects) {
      expect(metadata.labels).toMatchObject({
        'app.kubernetes.io/instance': 'demo',
        'app.kubernetes.io/part-of': 'ostack',
        'app.kubernetes.io/managed-by': 'ostack',
        'ostack.io/stack': 'demo',
      });
    }
  });

  test('selects the pods of one component with each selector', () => {
    const pods = [...podTemplates(objects).values()];
    for (const { spec: workload } of objects.filter(({ kind }) => /Deployment|Set$/.test(kind)) as {
      spec?: { selector: { matchLabels: Record<string, string> } };
    }[]) {
      const labels = Object.entries(workload?.selector.matchLabels ?? {});
      const chosen = pods.filter(({ metadata }) => labels.every(([key, value]) => metadata.labels[key] === value));
      expect(chosen).toHaveLength(1);
    }
  });

  test('mounts only volumes its pods have', () => {
    for (const workload of objects.filter(({ kind }) => /Deployment|Set$/.test(kind))) {
      const { template, volumeClaimTemplates = [] } = workload['spec'] as {
        template: { spec: { volumes: { name: string }[]; containers: { volumeMounts: { name: string }[] }[] } };
        volumeClaimTemplates?: { metadata: { name: string } }[];
      };
      const names = [
        ...template.spec.volumes.map(({ name }) => name),
        ...volumeClaimTemplates.map((c) => c.metadata.name),
      ];
      expect(template.spec.containers[0]?.volumeMounts.map(({ name }) => name).sort()).toEqual(names.sort());
    }
  });
});

test('the longest name a stack may have leaves every child and its revision label within 63 characters', () => {
  const { components } = plan(someStack(everything, longName), someFacts);
  for (const { kind, metadata } of components.flatMap(({ objects }) => objects)) {
    if (kind.startsWith('ClusterRole')) continue;
    expect(metadata.name.length).toBeLessThanOrEqual(63);
    if (kind === 'StatefulSet') expect(`${metadata.name}-0123456789`.length).toBeLessThanOrEqual(63);
  }
});

test('no two stacks of a namespace, whatever their names, share an object', () => {
  const children = [...objectsOf(everything), ...objectsOf()].map(({ kind, metadata: { name } }) => ({
    kind,
    ending: name.slice(name.lastIndexOf('demo') + 'demo'.length),
  }));
  expect(children.length).toBeGreaterThan(60);
  // A child of one stack is that of another, longer named one exactly if its ending goes on with the other's.
  const shared = children.flatMap((mine) =>
    children
      .filter((other) => mine.kind === other.kind && mine.ending !== other.ending && mine.ending.endsWith(other.ending))
      .map((other) => `${mine.kind} demo${mine.ending}: demo, demo${mine.ending.slice(0, -other.ending.length)}`),
  );
  expect([...new Set(shared)]).toEqual([]);
});

test('two stacks of one name in two namespaces share no cluster-scoped object', () => {
  expect(clusterScoped('blue')).toEqual([
    'ClusterRole/ostack-blue-demo-alloy-node',
    'ClusterRoleBinding/ostack-blue-demo-alloy-node',
    'ClusterRole/ostack-blue-demo-agent',
    'ClusterRoleBinding/ostack-blue-demo-agent',
  ]);
  expect(clusterScoped('blue').filter((name) => clusterScoped('green').includes(name))).toEqual([]);
});

function clusterScoped(namespace: string): readonly string[] {
  return plan({ ...someStack(), namespace }, someFacts)
    .components.flatMap(({ objects }) => objects)
    .filter(({ metadata }) => metadata.namespace === undefined)
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}
