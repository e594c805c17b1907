import { isDeepStrictEqual } from 'node:util';
import type { Change, Live } from '../kube/index.ts';
import { stackKind } from './stack-key.ts';

/** A pass now, a pass once what comes with it has come too, or the first pass over a stack. */
export type Urgency = 'now' | 'soon' | 'new';

/** How long reports of controllers are gathered: a stack that starts has dozens within a second, and one pass reads all. */
export const gatherMs = 100;

const reporters = new Set(['Pod', 'PersistentVolumeClaim']);

/** Only what may be a foreign hand on something we render, or a word of the user, cannot wait. */
export function urgencyOf(change: Change): Urgency {
  const { kind, live } = change;
  if (live.kind === stackKind && kind === 'added') return 'new';
  if (reporters.has(live.kind)) return 'soon';
  return kind === 'changed' && isReport(change.before, live) ? 'soon' : 'now';
}

/** True if a controller told of its progress and nothing else changed. */
function isReport(before: Live, live: Live): boolean {
  if (live['status'] === undefined || isDeepStrictEqual(before['status'], live['status'])) return false;
  return isDeepStrictEqual(contentOf(before), contentOf(live));
}

function contentOf({ metadata, status: _status, ...content }: Live): unknown {
  const { resourceVersion: _version, managedFields: _owners, ...own } = metadata;
  return { ...content, metadata: own };
}
