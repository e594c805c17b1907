import type { Facts } from '../stack/index.ts';

/** What a plan is told when there is no cluster to ask. */
export function offlineFacts(told: { readonly image?: string; readonly operatorNamespace?: string } = {}): Facts {
  return {
    contentHashes: {},
    operatorImage: told.image ?? 'ostack',
    operatorNamespace: told.operatorNamespace ?? 'ostack-system',
  };
}
