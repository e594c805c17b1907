import { stringify } from 'yaml';
import { textOf, type KubeObject, type Live, type Ref } from '../kube/index.ts';
import { lineDiff, unified } from './line-diff.ts';

/** What would become of one object, as text; undefined if it stays as it is. A side that is undefined is not there. */
export function objectDiff(
  ref: Ref,
  before: Live | undefined,
  after: KubeObject | Live | undefined,
): string | undefined {
  const text = unified(lineDiff(linesOf(before), linesOf(after)));
  if (text === '') return undefined;
  const verb = before === undefined ? 'create' : after === undefined ? 'delete' : 'change';
  return `${verb} ${textOf(ref)}\n${text}`;
}

/** The object as YAML lines, without what the server keeps for itself and without the content of Secrets. */
function linesOf(object: KubeObject | Live | undefined): string[] {
  if (object === undefined) return [];
  const { status: _status, metadata, ...rest } = object as Live;
  const { managedFields: _m, resourceVersion: _v, uid: _u, generation: _g, creationTimestamp: _c, ...kept } = metadata;
  const { 'ostack.io/rendering': _rendering, ...annotations } = kept.annotations ?? {};
  const shown = { ...kept, annotations: Object.keys(annotations).length > 0 ? annotations : undefined };
  const whole = { ...(rest.kind === 'Secret' ? hidden(rest) : rest), metadata: shown };
  return stringify(whole, { lineWidth: 0, sortMapEntries: true, aliasDuplicateObjects: false }).trimEnd().split('\n');
}

function hidden(secret: object): object {
  const data = (secret as { data?: Record<string, string> }).data ?? {};
  return { ...secret, data: Object.fromEntries(Object.keys(data).map((key) => [key, '(hidden)'])) };
}
