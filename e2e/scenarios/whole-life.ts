import { operatorNamespace } from '../demo/chart.ts';
import { storageClasses } from '../cluster/storage.ts';
import type { AuditedRequest } from './audit.ts';
import { createPaper, type Paper } from './churn.ts';
import { eventually } from './eventually.ts';
import { oneOperator, withoutOperator } from './operator-pods.ts';
import type { Stage } from './stage.ts';

/** One right as a rule of RBAC grants it. */
export const right = (group: string, resource: string, verb: string): string => `${group}/${resource} ${verb}`;

/** Rights one request needed: applying what is not there is a patch that may create. */
export function rightsOf({ group, resource, verb, status }: AuditedRequest): readonly string[] {
  const needed = [right(group, resource, verb)];
  return verb === 'patch' && status === 201 ? [...needed, right(group, resource, 'create')] : needed;
}

/**
 * From the operator's first lease to a stack that is deleted with its volumes, with every feature on at first.
 * `watchNamespace` is the only namespace the operator looks after; empty for all.
 */
export async function wholeLife(stage: Stage, paper: Paper, watchNamespace: string): Promise<void> {
  await withoutOperator(stage);
  await stage.kubectl('delete', 'lease', 'ostack-operator', '-n', operatorNamespace, '--ignore-not-found');
  await oneOperator(stage, watchNamespace);
  const ns = paper.namespace;
  await stage.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'token', namespace: ns },
    stringData: { t: 'x' },
  });
  const sink = { name: 'away', endpoint: 'away.test:4317', authorization: { secretName: 'token', key: 't' } };
  await createPaper(stage, paper, {
    ...ofSize('1Gi'),
    deletionPolicy: 'Delete',
    grafana: { enabled: true, auth: 'Password' },
    security: { networkPolicies: true },
    instrumentation: { enabled: true },
    collection: { sampler: { replicas: 2 }, buffer: { persistent: true }, exportTo: [sink] },
  });
  for (const cpu of ['1', '2']) await edited(stage, paper, cpu);
  const patch = (spec: object): Promise<void> => stage.patch('observabilitystack', paper.name, ns, { spec });
  await patch({ sampling: { baselinePercent: 3 } });
  await patch(ofSize('2Gi'));
  await eventually('the claim that exists to ask for more', 60_000, async () => {
    const claim = await stage.get('pvc', `data-${paper.name}-tempo-0`, ns);
    const { requests } = (claim?.spec?.['resources'] ?? {}) as { requests?: { storage: string } };
    return requests?.storage === '2Gi' ? true : undefined;
  });
  await patch({
    traces: { backend: 'None' },
    metrics: { backend: 'None' },
    logs: { backend: 'None' },
    grafana: { enabled: false },
    security: { networkPolicies: false },
    instrumentation: { enabled: false },
    collection: { sampler: { replicas: 1 } },
  });
  await eventually('what is switched off to be gone', 60_000, async () => {
    const kinds = 'statefulset,daemonset,deployment,networkpolicy,poddisruptionbudget';
    const left = await stage.list(kinds, ns, 'app.kubernetes.io/component notin (alloy-node,alloy-sampler)');
    if (left.length === 0) return true;
    throw new Error(left.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', '));
  });
  await stage.kubectl('delete', 'observabilitystack', paper.name, '-n', ns, '--timeout=60s');
  await eventually('the volumes to be gone', 60_000, async () =>
    (await stage.list('pvc', ns)).length === 0 ? true : undefined,
  );
}

const ofSize = (size: string) => ({ traces: { volume: { size, storageClass: storageClasses.growing } } });

/** Somebody takes a field of ours, which is put back with an event; the second time the event is counted up. */
async function edited(stage: Stage, paper: Paper, selector: string): Promise<void> {
  const body = { spec: { selector: { app: selector } } };
  await stage.patch('service', `${paper.name}-tempo`, paper.namespace, body, '--field-manager=somebody');
  await eventually('the Service as it was', 60_000, async () => {
    const service = await stage.get('service', `${paper.name}-tempo`, paper.namespace);
    const selectors = service?.spec?.['selector'] as Readonly<Record<string, string>> | undefined;
    return selectors?.['app'] === undefined ? true : undefined;
  });
}
