import { group, kind, version } from '../api/index.ts';
import type { Live, Ref } from '../kube/index.ts';
import { namespaceLabel, stackLabel } from './ownership.ts';

/** `namespace/name` of a stack: what the queue holds. */
export type StackKey = string;

export const stackApiVersion = `${group}/${version}`;
export const stackKind = kind;

export function stackRef(key: StackKey): Ref {
  const [namespace = '', name = ''] = key.split('/');
  return { apiVersion: stackApiVersion, kind, namespace, name };
}

/** The stack an object belongs to or is: itself, or by the labels of a child; undefined for anything else. */
export function stackOf(live: Live): StackKey | undefined {
  const { labels = {}, name, namespace } = live.metadata;
  if (live.kind === kind) return `${namespace}/${name}`;
  // Claims carry only the labels of the selector of their StatefulSet.
  const stack =
    labels[stackLabel] ?? (live.kind === 'PersistentVolumeClaim' ? labels['app.kubernetes.io/instance'] : undefined);
  const home = namespace ?? labels[namespaceLabel];
  return stack === undefined || home === undefined ? undefined : `${home}/${stack}`;
}
