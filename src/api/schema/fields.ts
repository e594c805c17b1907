import type { Node, Presence } from './node.ts';
import { Schema, type GivenOf, type OutOf, type Shape } from './schema.ts';

const bare = { description: '', presence: 'required' as Presence, examples: [], rules: [], checks: [] };

function field<Out, Given = Out>(node: Partial<Node>): Schema<Out, Given> {
  return new Schema({ ...bare, ...node } as Node);
}

/** An object with exactly these fields; users have to write it. */
export function object<S extends Shape>(shape: S): Schema<OutOf<S>, GivenOf<S>> {
  const properties = Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, schema.node]));
  return field({ kind: 'object', properties });
}

/** An object users may leave out whole: every field of it has a value of its own. */
export function branch<S extends Shape>(shape: S): Schema<OutOf<S>, GivenOf<S>, 'defaulted'> {
  return object(shape).default({} as GivenOf<S>);
}

export function boolean(): Schema<boolean> {
  return field({ kind: 'boolean' });
}

export function integer(bounds: { min: number; max: number }): Schema<number> {
  return field({ kind: 'integer', ...bounds });
}

export function number(bounds: { min: number; max: number }): Schema<number> {
  return field({ kind: 'number', ...bounds });
}

/** Text without a form; `max` counts characters. */
export function string(bounds: { min?: number; max: number }): Schema<string> {
  return field({ kind: 'string', min: 0, ...bounds });
}

/** Text of a form both JavaScript and RE2 read alike. `form` is a regular expression, `what` names the form in messages. */
export function text(bounds: { min?: number; max: number; form: string; what: string; fix: string }): Schema<string> {
  const { form, what, fix, ...size } = bounds;
  const pattern = new RegExp(form);
  return string(size).rule({
    cel: `self.matches(${JSON.stringify(form)})`,
    reason: `is not ${what}`,
    fix,
    holds: (self) => pattern.test(self),
  });
}

/** One of a few words. */
export function word<const W extends readonly string[]>(...words: W): Schema<W[number]> {
  return field({ kind: 'string', min: 0, max: Math.max(...words.map((each) => each.length)), words });
}

/** A list that is replaced whole. */
export function list<O, G>(items: Schema<O, G, Presence>, bounds: { min?: number; max: number }) {
  return field<readonly O[], readonly G[]>({ kind: 'list', items: items.node, min: 0, ...bounds, unique: 'atomic' });
}

/** A list of different values, merged by value. */
export function set<O, G>(items: Schema<O, G, Presence>, bounds: { min?: number; max: number }) {
  return field<readonly O[], readonly G[]>({ kind: 'list', items: items.node, min: 0, ...bounds, unique: 'set' });
}

/** A list of objects told apart, and merged, by the fields `keys`. */
export function keyed<O, G>(
  keys: readonly (keyof G & string)[],
  items: Schema<O, G, Presence>,
  bounds: { min?: number; max: number },
) {
  return field<readonly O[], readonly G[]>({ kind: 'list', items: items.node, min: 0, ...bounds, unique: keys });
}

export function map<O, G>(values: Schema<O, G, Presence>, bounds: { max: number }) {
  return field<Readonly<Record<string, O>>, Readonly<Record<string, G>>>({
    kind: 'map',
    values: values.node,
    ...bounds,
  });
}

/** An object whose inside belongs to somebody else. */
export function free(bounds: { min?: number; max: number }): Schema<Readonly<Record<string, unknown>>> {
  return field({ kind: 'free', min: 0, ...bounds });
}
