import type { Parsed, Problem } from './problem.ts';
import { broken, fill, known, validator, type Validator } from './schema/index.ts';
import { effective } from './v1alpha1/effective.ts';
import { nameRule } from './v1alpha1/name.ts';
import { group, kind, version } from './v1alpha1/kind.ts';
import { spec } from './v1alpha1/rules.ts';
import type { GivenSpec, Spec } from './v1alpha1/spec.ts';

/** A stack with every default filled. `uid` is empty and `generation` 0 for a resource that no API server has seen. */
export interface Stack {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly generation: number;
  readonly spec: Spec;
}

/** A stack as the API server keeps it. */
export interface Stored {
  readonly stack: Parsed<Stack>;
  /** Paths of fields that a newer version of the contract has written; they mean nothing to this one. */
  readonly unknownFields: readonly string[];
}

let structure: Validator | undefined;

/**
 * Reads a resource as it came from a file or from the API server. All problems are told at once, those of the structure
 * first; never throws.
 */
export function parseStack(resource: unknown): Parsed<Stack> {
  if (!isObject(resource)) return refused([{ path: '', reason: 'is no object', fix: `write a ${kind}` }]);
  const metadata = isObject(resource['metadata']) ? resource['metadata'] : {};
  const given = fill(spec.node, resource['spec'] ?? {});
  const problems = [...envelope(resource), ...identity(metadata), ...specProblems(given)];
  if (problems.length > 0) return refused(problems);
  return { ok: true, value: { ...nameOf(metadata), spec: effective(given as GivenSpec) } };
}

/**
 * Reads a resource the API server has stored. It prunes what its schema does not have, so a field that is unknown here
 * comes from a newer schema, often as its default: an older operator leaves it aside instead of refusing the stack.
 */
export function parseStored(resource: Readonly<Record<string, unknown>>): Stored {
  const { value, unknownFields } = known(spec.node, resource['spec'], 'spec');
  return { stack: parseStack({ ...resource, spec: value }), unknownFields };
}

/** Rules about changes broken between two resources that parse by themselves: what the API server would refuse to store. */
export function parseChange(before: unknown, after: unknown): readonly Problem[] {
  const [old, now] = [before, after].map((each) => fill(spec.node, (isObject(each) ? each['spec'] : undefined) ?? {}));
  return specProblems(now, specProblems(old).length > 0 ? undefined : old);
}

function specProblems(given: unknown, old?: unknown): readonly Problem[] {
  structure ??= validator(spec.node);
  const faults = structure(given, 'spec');
  return [...faults, ...broken(spec.node, given, 'spec', faults, old)];
}

function envelope(resource: Readonly<Record<string, unknown>>): readonly Problem[] {
  const wanted = { apiVersion: `${group}/${version}`, kind };
  return Object.entries(wanted)
    .filter(([field, value]) => resource[field] !== value)
    .map(([field, value]) => ({ path: field, reason: `is not ${value}`, fix: `write ${field}: ${value}` }));
}

function identity(metadata: Readonly<Record<string, unknown>>): readonly Problem[] {
  const { name } = metadata;
  if (typeof name !== 'string')
    return [{ path: 'metadata.name', reason: 'is missing', fix: 'write a name, such as demo' }];
  return nameRule.holds(name) ? [] : [{ path: 'metadata.name', reason: nameRule.reason, fix: nameRule.fix }];
}

function nameOf(metadata: Readonly<Record<string, unknown>>): Omit<Stack, 'spec'> {
  const { name, namespace, uid, generation } = metadata;
  return {
    name: String(name),
    namespace: typeof namespace === 'string' ? namespace : 'default',
    uid: typeof uid === 'string' ? uid : '',
    generation: typeof generation === 'number' ? generation : 0,
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(problems: readonly Problem[]): Parsed<never> {
  return { ok: false, problems };
}
