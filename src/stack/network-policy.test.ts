import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { everything, objectOf, objectsOf, podTemplates, someFacts } from './specimen.ts';

type Labels = Readonly<Record<string, string>>;
interface Rule {
  readonly ports: readonly { readonly port: number }[];
  readonly from?: readonly {
    readonly podSelector?: { readonly matchLabels: Labels };
    readonly namespaceSelector?: { readonly matchLabels: Labels };
  }[];
}

const objects = objectsOf(everything);
const pods = podTemplates(objects);
const foreignNamespace = { 'kubernetes.io/metadata.name': someFacts.operatorNamespace };
const operator = { pod: podsOfTheChart(), foreignNamespace };
const besideOperator = { pod: { 'app.kubernetes.io/name': 'job' }, foreignNamespace };

/** The labels by which the chart finds its operator, but for the name of the release. */
function podsOfTheChart(): Labels {
  const names = readFileSync(join(import.meta.dirname, '../../charts/ostack/templates/_names.tpl'), 'utf8');
  const [, selector = ''] = /define "ostack.selector" -}}([^{]*)/.exec(names) ?? [];
  return parse(selector.replace(/^.*instance:.*$/m, '')) as Labels;
}

/** Whether a pod with these labels, in the stack's namespace or another one, may call a port of a component. */
function allows(component: string, port: number, caller: { pod: Labels; foreignNamespace?: Labels }): boolean {
  const { ingress } = objectOf('NetworkPolicy', `demo-${component}`, objects)['spec'] as { ingress: readonly Rule[] };
  const within = (labels: Labels, wanted: Labels) =>
    Object.entries(wanted).every(([key, value]) => labels[key] === value);
  return ingress
    .filter(({ ports }) => ports.some((open) => open.port === port))
    .some(({ from }) =>
      from === undefined
        ? true
        : from.some(({ podSelector, namespaceSelector }) =>
            namespaceSelector === undefined
              ? caller.foreignNamespace === undefined && within(caller.pod, podSelector?.matchLabels ?? {})
              : within(caller.foreignNamespace ?? {}, namespaceSelector.matchLabels) &&
                within(caller.pod, podSelector?.matchLabels ?? {}),
          ),
    );
}

const of = (component: string) => ({ pod: pods.get(component)?.metadata.labels ?? {} });

test('there is none unless the spec asks', () => {
  expect(objectsOf().filter(({ kind }) => kind === 'NetworkPolicy')).toEqual([]);
});

test('every pod is behind one', () => {
  const selected = objects
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map((policy) => (policy['spec'] as { podSelector: { matchLabels: Labels } }).podSelector.matchLabels);
  for (const { metadata } of pods.values()) {
    const hits = selected.filter((labels) =>
      Object.entries(labels).every(([key, value]) => metadata.labels[key] === value),
    );
    expect(hits).toHaveLength(1);
  }
});

describe('every address a configuration names', () => {
  const hosts = /demo-([a-z-]+?)(?:-any)?\.observability\.svc:(\d+)/g;
  const readers = ['alloy-node', 'alloy-sampler', 'grafana', 'agent'] as const;
  const edges = readers.flatMap((reader) => {
    const { data } = objectOf('ConfigMap', `demo-${reader}`, objects) as unknown as { data: Record<string, string> };
    const found = [...Object.values(data).join('\n').matchAll(hosts)];
    return [...new Set(found.map(([, to, port]) => `${to}:${port}`))].map((edge) => [reader, edge] as const);
  });

  test('is there at all', () => {
    expect(edges.map(([from, to]) => `${from} > ${to}`)).toEqual(
      expect.arrayContaining(['alloy-sampler > tempo:4317', 'grafana > mimir:8080', 'alloy-node > loki:3100']),
    );
  });

  test.each(edges)('%s may reach %s', (from, edge) => {
    const [to = '', port] = edge.split(':');
    expect(allows(to, Number(port), of(from))).toBe(true);
  });
});

test.each([
  ['alloy-node routes traces to the samplers', 'alloy-sampler', 4317, of('alloy-node'), true],
  ['alloy-node scrapes Tempo', 'tempo', 3200, of('alloy-node'), true],
  ['applications send OTLP', 'alloy-node', 4317, { pod: {}, foreignNamespace: { name: 'shop' } }, true],
  ['the canary goes in', 'alloy-node', 4319, operator, true],
  ['the canary is read back', 'loki', 3100, operator, true],
  ['others beside the operator do not read logs', 'loki', 3100, besideOperator, false],
  ['the agent reports', 'alloy-node', 4319, of('agent'), true],
  ['agents are scraped', 'agent', 9465, of('alloy-node'), true],
  ['agents are asked how they are', 'agent', 9465, operator, true],
  ['nobody else asks agents', 'agent', 9465, { pod: {}, foreignNamespace: { name: 'shop' } }, false],
  ['people open Grafana', 'grafana', 3000, { pod: {}, foreignNamespace: { name: 'ingress' } }, true],
  ['applications do not read logs', 'loki', 3100, { pod: {}, foreignNamespace: { name: 'shop' } }, false],
  ['neighbours do not read logs', 'loki', 3100, { pod: { app: 'neighbour' } }, false],
  [
    'applications do not use the internal receiver',
    'alloy-node',
    4319,
    { pod: {}, foreignNamespace: { name: 'shop' } },
    false,
  ],
  [
    'applications do not go round the collectors',
    'tempo',
    4317,
    { pod: {}, foreignNamespace: { name: 'shop' } },
    false,
  ],
  ['nobody talks to the backends among themselves', 'mimir', 9095, of('grafana'), false],
])('%s', (_title, to, port, caller, verdict) => {
  expect(allows(to, port, caller)).toBe(verdict);
});
