import type { k8s } from 'cdk8s-plus-28';
import type { Stack } from '../../api/index.ts';
import { authorizationVariable } from '../../pipeline/index.ts';

/** The authorization of every `collection.exportTo` that has one, as a variable read from its Secret. */
export function authorizationEnv({ spec }: Stack): readonly k8s.EnvVar[] {
  return spec.collection.exportTo.flatMap(({ name, authorization }) =>
    authorization === undefined
      ? []
      : [
          {
            name: authorizationVariable(name),
            valueFrom: { secretKeyRef: { name: authorization.secretName, key: authorization.key } },
          },
        ],
  );
}

/** Those Secrets, as keys of the content hashes: an edited one rolls the pods that hold it. */
export function authorizationSecrets({ spec }: Stack): readonly string[] {
  const names = spec.collection.exportTo.flatMap(({ authorization }) =>
    authorization === undefined ? [] : [`Secret/${authorization.secretName}`],
  );
  return [...new Set(names)];
}
