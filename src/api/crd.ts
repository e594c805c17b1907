import { stringify } from 'yaml';
import { structural } from './schema/index.ts';
import { group, kind, plural, version } from './v1alpha1/kind.ts';
import { nameRule } from './v1alpha1/name.ts';
import { spec } from './v1alpha1/rules.ts';
import { status } from './v1alpha1/status.ts';

const ready = '.status.conditions[?(@.type=="Ready")]';
const columns = [
  { name: 'Ready', type: 'string', jsonPath: `${ready}.status` },
  { name: 'Reason', type: 'string', jsonPath: `${ready}.reason` },
  { name: 'Size', type: 'string', jsonPath: '.spec.size' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  { name: 'Message', type: 'string', jsonPath: `${ready}.message`, priority: 1 },
];

const root = {
  type: 'object',
  description: 'A whole observability stack: collection, sampling, traces, metrics, logs and Grafana.',
  properties: {
    apiVersion: { type: 'string', description: `Always ${group}/${version}.` },
    kind: { type: 'string', description: `Always ${kind}.` },
    metadata: { type: 'object' },
    spec: structural(spec.node),
    status: structural(status.node),
  },
  'x-kubernetes-validations': [{ rule: nameRule.cel, message: `metadata.name ${nameRule.reason}: ${nameRule.fix}` }],
};

/** The CustomResourceDefinition of the contract. */
export const crd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}`, labels: { 'app.kubernetes.io/part-of': 'ostack' } },
  spec: {
    group,
    scope: 'Namespaced',
    names: {
      kind,
      listKind: `${kind}List`,
      plural,
      singular: kind.toLowerCase(),
      shortNames: ['ostack', 'obs'],
      categories: ['observability'],
    },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        additionalPrinterColumns: columns,
        schema: { openAPIV3Schema: root },
        subresources: { status: {} },
      },
    ],
  },
};

/** The text of the file under `crds/`. */
export function renderCrd(): string {
  const note = '# Generated from src/api by `make generate`; edit there.\n';
  return note + stringify(crd, { lineWidth: 0, aliasDuplicateObjects: false });
}
