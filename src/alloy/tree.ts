/** A configuration in the Alloy language: the statements of one file, in order. */
export type AlloyConfig = readonly Statement[];

export type Statement = Attribute | Block | Comment;

export interface Attribute {
  readonly kind: 'attribute';
  readonly name: string;
  readonly value: Expression;
}

export interface Block {
  readonly kind: 'block';
  /** Dotted for components (`otelcol.processor.batch`), one word for what is inside them. */
  readonly name: string;
  readonly label?: string;
  readonly body: readonly Statement[];
}

/** Whole lines above a statement, without the slashes. */
export interface Comment {
  readonly kind: 'comment';
  readonly lines: readonly string[];
}

export type UnaryOperator = '!' | '-';
export type BinaryOperator = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' | '^';

export interface Field {
  readonly name: string;
  readonly value: Expression;
}

export type Expression =
  | { readonly kind: 'string'; readonly value: string }
  /** As written, because 64-bit integers do not fit a double. */
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'array'; readonly elements: readonly Expression[] }
  | { readonly kind: 'object'; readonly fields: readonly Field[] }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'access'; readonly of: Expression; readonly name: string }
  | { readonly kind: 'index'; readonly of: Expression; readonly index: Expression }
  | { readonly kind: 'call'; readonly callee: Expression; readonly arguments: readonly Expression[] }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    };
