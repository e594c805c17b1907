import type { k8s } from 'cdk8s-plus-28';
import type { Stack } from '../../api/index.ts';
import { authorizationVariable } from '../../pipeline/index.ts';

export interface ExportSecrets {
  readonly env: readonly k8s.EnvVar[];
  /** Keys of the content hashes: an edited Secret rolls the pods that hold it. */
  readonly references: readonly string[];
}

/** The authorizations of `collection.exportTo` a role's configuration reads, as variables from their Secrets. */
export function exportSecrets({ spec }: Stack, configuration: string): ExportSecrets {
  const used = spec.collection.exportTo.flatMap(({ name, authorization }) =>
    authorization !== undefined && configuration.includes(`"${authorizationVariable(name)}"`)
      ? [{ name: authorizationVariable(name), ...authorization }]
      : [],
  );
  return {
    env: used.map(({ name, secretName, key }) => ({ name, valueFrom: { secretKeyRef: { name: secretName, key } } })),
    references: [...new Set(used.map(({ secretName }) => `Secret/${secretName}`))],
  };
}
