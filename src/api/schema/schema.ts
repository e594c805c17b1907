import type { Flaw, Node, Presence, Rule } from './node.ts';

/** A rule as its author writes it; `given` is the value after static defaults. */
export interface RuleText<Given> {
  readonly cel: string;
  readonly reason: string;
  readonly fix: string;
  readonly at?: string;
  readonly holds: (self: Given) => boolean;
}
/** A rule that compares with the stored value. */
export interface ChangeText<Given> extends Omit<RuleText<Given>, 'holds'> {
  readonly holds: (self: Given, old: Given) => boolean;
}

/**
 * A node of the contract with the types it gives: `Out` after every default, `Given` after the static ones
 * (what the API server stores and CEL sees). Every method returns a new value.
 */
export class Schema<Out, Given = Out, P extends Presence = 'required'> {
  declare readonly out: Out;
  declare readonly given: Given;
  declare readonly presence: P;
  readonly node: Node;

  constructor(node: Node) {
    this.node = node;
  }

  /** The sentence of `kubectl explain` and of the field reference. */
  describe(description: string): Schema<Out, Given, P> {
    return this.#with({ description });
  }

  /** Values users could write: shown in messages, drawn by the property tests. */
  example(...examples: readonly Given[]): Schema<Out, Given, P> {
    return this.#with({ examples: [...this.node.examples, ...examples] });
  }

  default(value: Given): Schema<Out, Given, 'defaulted'> {
    return this.#with({ default: value, presence: 'defaulted' });
  }

  optional(): Schema<Out, Given, 'optional'> {
    return this.#with({ presence: 'optional' });
  }

  /** Left empty it is filled by `spec.size`. */
  sized(): Schema<Out, Given, 'sized'> {
    return this.#with({ presence: 'sized' });
  }

  rule(rule: RuleText<Given>): Schema<Out, Given, P> {
    return this.#ruled({ ...rule, transition: false });
  }

  /** A rule about a change of the stored value (`oldSelf` in CEL). */
  change(rule: ChangeText<Given>): Schema<Out, Given, P> {
    return this.#ruled({ ...rule, transition: true });
  }

  immutable(fix: string): Schema<Out, Given, P> {
    return this.change({
      cel: 'self == oldSelf',
      reason: 'cannot be changed once set',
      fix,
      holds: (self, old) => self === old,
    });
  }

  /** A judgement only the parser can make; it ends in `Accepted=False` instead of a refusal by the API server. */
  check(judge: (value: Given) => readonly Flaw[]): Schema<Out, Given, P> {
    return this.#with({ checks: [...this.node.checks, judge] });
  }

  #ruled(rule: Rule): Schema<Out, Given, P> {
    return this.#with({ rules: [...this.node.rules, rule] });
  }

  #with<Q extends Presence>(change: Partial<Node>): Schema<Out, Given, Q> {
    return new Schema<Out, Given, Q>({ ...this.node, ...change } as Node);
  }
}

type Any = Schema<any, any, Presence>;
export type Out<S extends Any> = S['out'];
export type Given<S extends Any> = S['given'];
export type Shape = Readonly<Record<string, Any>>;

type KeysOf<S extends Shape, P extends Presence> = { [K in keyof S]: S[K]['presence'] extends P ? K : never }[keyof S];
type Flat<T> = { readonly [K in keyof T]: T[K] };

/** After the parser: only `optional` fields may be missing. */
export type OutOf<S extends Shape> = Flat<
  { [K in KeysOf<S, 'required' | 'defaulted' | 'sized'>]: S[K]['out'] } & { [K in KeysOf<S, 'optional'>]?: S[K]['out'] }
>;
/** As stored: `sized` fields may be missing too. */
export type GivenOf<S extends Shape> = Flat<
  { [K in KeysOf<S, 'required' | 'defaulted'>]: S[K]['given'] } & {
    [K in KeysOf<S, 'optional' | 'sized'>]?: S[K]['given'];
  }
>;
