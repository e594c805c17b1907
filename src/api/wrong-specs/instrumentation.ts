import type { WrongSpec } from './wrong-spec.ts';

const of = (instrumentation: unknown): unknown => ({ instrumentation });

/** Mistakes in what is instrumented. */
export const instrumentation: readonly WrongSpec[] = [
  {
    name: 'namespace that is included and excluded',
    spec: of({ discovery: { namespaces: { include: ['shop', 'kube-system'] } } }),
    refusedBy: 'server',
    path: 'spec.instrumentation.discovery.namespaces.include',
    server: 'includes a namespace that it excludes',
    parser: 'leave it out of include or of exclude',
  },
  {
    name: 'namespace pattern in another language',
    spec: of({ discovery: { namespaces: { exclude: ['^team-.+$'] } } }),
    refusedBy: 'server',
    path: 'spec.instrumentation.discovery.namespaces.exclude[0]',
    server: 'is not a namespace or a pattern of one',
    parser: 'with "*" for any run of characters',
  },
  {
    name: 'pod selector that compares with nothing',
    spec: of({ discovery: { podSelector: { matchExpressions: [{ key: 'app', operator: 'In' }] } } }),
    refusedBy: 'server',
    path: 'spec.instrumentation.discovery.podSelector.matchExpressions[0].values',
    server: 'has values its operator does not compare, or none to compare',
    parser: 'give In and NotIn at least one value',
  },
  {
    name: 'pod selector with values for Exists',
    spec: of({
      discovery: { podSelector: { matchExpressions: [{ key: 'app', operator: 'Exists', values: ['cart'] }] } },
    }),
    refusedBy: 'server',
    path: 'spec.instrumentation.discovery.podSelector.matchExpressions[0].values',
    server: 'has values its operator does not compare, or none to compare',
    parser: 'Exists and DoesNotExist none',
  },
  {
    name: 'pod label key that is none',
    spec: of({ discovery: { podSelector: { matchLabels: { 'app name': 'cart' } } } }),
    refusedBy: 'operator',
    path: 'spec.instrumentation.discovery.podSelector.matchLabels["app name"]',
    parser: 'is not a label key',
  },
  {
    name: 'port that is none',
    spec: of({ discovery: { ports: [80_800] } }),
    refusedBy: 'server',
    path: 'spec.instrumentation.discovery.ports[0]',
    server: 'should be less than or equal to 65535',
    parser: '65535',
  },
  {
    name: 'route rule without a slash',
    spec: of({ routes: [{ match: 'orders/*', as: '/orders/{id}' }] }),
    refusedBy: 'server',
    path: 'spec.instrumentation.routes[0].match',
    server: 'is not a path',
    parser: 'write a path that begins with "/"',
  },
  {
    name: 'family of metrics that does not exist',
    spec: of({ metrics: ['network'] }),
    refusedBy: 'server',
    path: 'spec.instrumentation.metrics[0]',
    server: 'Unsupported value',
    parser: 'application',
  },
  {
    name: 'header with a colon',
    spec: of({ capture: { headers: ['X-Tenant:'] } }),
    refusedBy: 'server',
    path: 'spec.instrumentation.capture.headers[0]',
    server: 'is not the name of a header',
    parser: 'such as X-Tenant',
  },
  {
    name: 'budget nobody can live on',
    spec: of({ budget: { memory: '32Mi' } }),
    refusedBy: 'server',
    path: 'spec.instrumentation.budget.memory',
    server: 'is no quantity from 128Mi to 4Gi',
    parser: 'such as 512Mi',
  },
];
