/** How a field comes to its value when the user gives none. `sized` is filled by the parser from `spec.size`. */
export type Presence = 'required' | 'optional' | 'defaulted' | 'sized';

/** A promise about a value that the API server keeps by CEL and `parseStack` by `holds`; a test proves that both agree. */
export interface Rule {
  readonly cel: string;
  readonly reason: string;
  readonly fix: string;
  /** Path below the node the message belongs to, in CEL's form: `.sampling.services`. */
  readonly at?: string;
  /** Compares with the stored value; such a rule is not asked on creation. */
  readonly transition: boolean;
  readonly holds: (self: never, old: never) => boolean;
}

/** What only the parser can judge: the part of the value at fault, why, and what to write instead. */
export interface Flaw {
  readonly at?: string;
  readonly reason: string;
  readonly fix: string;
}

interface Base {
  readonly description: string;
  readonly presence: Presence;
  readonly default?: unknown;
  readonly examples: readonly unknown[];
  readonly rules: readonly Rule[];
  readonly checks: readonly ((value: never) => readonly Flaw[])[];
}

export interface ObjectNode extends Base {
  readonly kind: 'object';
  readonly properties: Readonly<Record<string, Node>>;
}
export interface TextNode extends Base {
  readonly kind: 'string';
  readonly min: number;
  readonly max: number;
  readonly words?: readonly string[];
}
export interface NumberNode extends Base {
  readonly kind: 'integer' | 'number';
  readonly min: number;
  readonly max: number;
}
export interface BooleanNode extends Base {
  readonly kind: 'boolean';
}
export interface QuantityNode extends Base {
  readonly kind: 'quantity';
}
export interface ListNode extends Base {
  readonly kind: 'list';
  readonly items: Node;
  readonly min: number;
  readonly max: number;
  /** `map` lists are keyed by fields of their items, `set` lists by the item itself. */
  readonly unique: 'atomic' | 'set' | readonly string[];
}
export interface MapNode extends Base {
  readonly kind: 'map';
  readonly values: Node;
  readonly max: number;
}
/** An object whose inside is not ours: kept as it came. */
export interface FreeNode extends Base {
  readonly kind: 'free';
  readonly min: number;
  readonly max: number;
}

/** One value of the contract. The CRD, the validator, the defaults and the field reference are all read from it. */
export type Node = ObjectNode | TextNode | NumberNode | BooleanNode | QuantityNode | ListNode | MapNode | FreeNode;
