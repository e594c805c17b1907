export { group, kind, plural, version } from './v1alpha1/kind.ts';
export { parseChange, parseStack, type Stack } from './parse.ts';
export type { Parsed, Problem } from './problem.ts';
export type { Spec } from './v1alpha1/spec.ts';
export type { Condition, StackStatus } from './v1alpha1/status.ts';
export type { Resources } from './v1alpha1/resources.ts';
export type { Volume } from './v1alpha1/volume.ts';
export { crd, renderCrd } from './crd.ts';
export { renderReference } from './reference.ts';
