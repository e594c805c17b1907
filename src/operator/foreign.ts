import type { Stack } from '../api/index.ts';

/** Names of the Secrets in the stack's namespace that are not ours and whose content its pods read. */
export function foreignSecrets({ spec }: Pick<Stack, 'spec'>): string[] {
  const names = spec.collection.exportTo.flatMap((sink) => sink.authorization?.secretName ?? []);
  return [...new Set(names)].toSorted();
}
