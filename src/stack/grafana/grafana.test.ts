import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { catalogue, dashboards, datasourceUids, metricNames } from '../../dashboards/index.ts';
import { objectOf, objectsOf, podTemplates, someFacts, type SomeSpec } from '../specimen.ts';

// Grafana's program cannot be had on the machine that runs these tests: its files are checked as data only.

interface Source {
  readonly uid: string;
  readonly type: string;
  readonly url: string;
  readonly jsonData: Record<string, unknown>;
}

function file<T>(name: string, spec: SomeSpec = {}): T {
  const { data } = objectOf('ConfigMap', 'demo-grafana', objectsOf(spec)) as unknown as {
    data: Record<string, string>;
  };
  return parse(data[name] ?? '') as T;
}

const sources = (spec: SomeSpec = {}) => file<{ datasources: readonly Source[] }>('datasources.yaml', spec).datasources;
const source = (uid: string, spec: SomeSpec = {}) => sources(spec).find((candidate) => candidate.uid === uid);
const env = (spec: SomeSpec) =>
  Object.fromEntries(
    (podTemplates(objectsOf(spec)).get('grafana')?.spec.containers[0]?.env ?? []).map(({ name, value }) => [
      name,
      value,
    ]),
  );

describe('datasources', () => {
  test('read the three stores under fixed uids', () => {
    expect(sources().map(({ uid, type, url }) => [uid, type, url])).toEqual([
      ['mimir', 'prometheus', 'http://demo-mimir.observability.svc:8080/prometheus'],
      ['tempo', 'tempo', 'http://demo-tempo.observability.svc:3200'],
      ['loki', 'loki', 'http://demo-loki.observability.svc:3100'],
    ]);
  });

  test('link every signal to the others', () => {
    expect(source('tempo')?.jsonData).toMatchObject({
      tracesToLogsV2: { datasourceUid: 'loki' },
      tracesToMetrics: { datasourceUid: 'mimir' },
      serviceMap: { datasourceUid: 'mimir' },
      nodeGraph: { enabled: true },
    });
    expect(source('mimir')?.jsonData).toMatchObject({
      exemplarTraceIdDestinations: [{ name: 'trace_id', datasourceUid: 'tempo' }],
    });
    expect(source('loki')?.jsonData).toMatchObject({
      derivedFields: [{ matcherType: 'label', matcherRegex: 'trace_id', datasourceUid: 'tempo' }],
    });
  });

  test.each([
    ['tempo', { traces: { backend: 'None' } }],
    ['mimir', { metrics: { backend: 'None' } }],
    ['loki', { logs: { backend: 'None' } }],
  ] as const)('nothing links to %s once it is off', (uid, spec) => {
    expect(sources(spec)).toHaveLength(2);
    expect(JSON.stringify(sources(spec))).not.toContain(`"${uid}"`);
  });

  test('have every dollar doubled, or Grafana would replace it from its environment', () => {
    const { data } = objectOf('ConfigMap', 'demo-grafana') as unknown as { data: Record<string, string> };
    const text = data['datasources.yaml'] ?? '';
    expect(text.replaceAll('$$', '')).not.toContain('$');
    expect(text).toContain('$${__trace.traceId}');
  });

  test('ask only for metrics we emit', () => {
    const known = catalogue.map(({ name }) => name);
    const { queries = [] } = (source('tempo')?.jsonData['tracesToMetrics'] ?? {}) as { queries?: { query: string }[] };
    const asked = queries.flatMap(({ query }) => metricNames(query));
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('dashboards', () => {
  test('come as one ConfigMap each, into the directory the provider reads', () => {
    const pod = podTemplates(objectsOf()).get('grafana');
    const { providers } = file<{ providers: readonly { options: { path: string } }[] }>('dashboards.yaml');
    const mount = pod?.spec.containers[0]?.volumeMounts.find(({ name }) => name === 'dashboards');
    expect(mount?.mountPath).toBe(providers[0]?.options.path);
    expect(pod?.spec.volumes.find(({ name }) => name === 'dashboards')).toEqual({
      name: 'dashboards',
      projected: {
        sources: dashboards.map(({ name }) => ({ configMap: { name: `demo-${name}-dashboard` } })),
      },
    });
    for (const { name } of dashboards) {
      const { data } = objectOf('ConfigMap', `demo-${name}-dashboard`) as unknown as { data: object };
      expect(Object.keys(data)).toEqual([`${name}.json`]);
    }
  });

  test('ask only datasources that are provisioned', () => {
    const uids = [...JSON.stringify(dashboards).matchAll(/"datasource":\{[^}]*"uid":"([^"]+)"/g)].map(([, uid]) => uid);
    expect([...new Set(uids)].sort()).toEqual(Object.values(datasourceUids).sort());
  });

  test('are gone with their provider when the spec has its own', () => {
    const objects = objectsOf({ grafana: { dashboards: { defaults: false } } });
    expect(JSON.stringify(objects)).not.toContain('-dashboard');
    expect(env({ grafana: { dashboards: { defaults: false } } })).not.toHaveProperty(
      'GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH',
    );
  });
});

describe('who may enter', () => {
  test.each([
    ['AnonymousViewer', 'Viewer'],
    ['AnonymousAdmin', 'Admin'],
  ] as const)('%s: everybody as %s, and no administrator with a known password', (auth, role) => {
    expect(env({ grafana: { auth } })).toMatchObject({
      GF_AUTH_ANONYMOUS_ENABLED: 'true',
      GF_AUTH_ANONYMOUS_ORG_ROLE: role,
      GF_AUTH_BASIC_ENABLED: 'false',
      GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
    });
    expect(objectsOf({ grafana: { auth } }).filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  test('Password: only with the generated one, which is in its Secret and nowhere else', () => {
    const objects = objectsOf({ grafana: { auth: 'Password' } });
    const { data } = objectOf('Secret', 'demo-grafana-admin', objects) as unknown as { data: Record<string, string> };
    expect(Buffer.from(data['admin-password'] ?? '', 'base64').toString()).toBe(someFacts.grafanaPassword);
    expect(JSON.stringify(objects)).not.toContain(someFacts.grafanaPassword);
    expect(env({ grafana: { auth: 'Password' } })).not.toHaveProperty('GF_AUTH_ANONYMOUS_ENABLED');
  });

  test('Password without one yet: no Secret is made up', () => {
    const { grafanaPassword: _unknown, ...facts } = someFacts;
    expect(objectsOf({ grafana: { auth: 'Password' } }, facts).filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });
});
