import type { Stack } from '../api/index.ts';
import type { ComponentName } from './component.ts';
import { childName } from './names.ts';

type Labels = Record<string, string>;

/** The labels that pick a component's pods; immutable in workloads, so never more than these two. */
export function selectorOf(stack: Pick<Stack, 'name'>, component: ComponentName): Labels {
  return { 'app.kubernetes.io/name': component, 'app.kubernetes.io/instance': stack.name };
}

/** The labels every object and pod of a component carries. */
export function labelsOf(stack: Pick<Stack, 'name'>, component: ComponentName): Labels {
  return {
    ...selectorOf(stack, component),
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/part-of': 'ostack',
    'app.kubernetes.io/managed-by': 'ostack',
    'ostack.io/stack': stack.name,
  };
}

/** Metadata of a namespaced object of a component, named `<stack>-<component>` unless told otherwise. */
export function metadataOf(stack: Stack, component: ComponentName, name = childName(stack, component)) {
  return { name, namespace: stack.namespace, labels: labelsOf(stack, component) };
}
