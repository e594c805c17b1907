import type { AlloyConfig, Attribute, Block, Comment, Expression, Statement } from './tree.ts';

/** What may stand on the right of `=`: plain values, lists of them, or an expression. */
export type Value = string | number | boolean | null | Expression | readonly Value[];

/** The expression for a plain value. Numbers must be finite; others have no literal in the language. */
export function toExpression(value: Value): Expression {
  if (value === null) return { kind: 'null' };
  if (typeof value === 'string') return { kind: 'string', value };
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  if (typeof value === 'number') return numberLiteral(value);
  if (isList(value)) return { kind: 'array', elements: value.map(toExpression) };
  return value;
}

function isList(value: Expression | readonly Value[]): value is readonly Value[] {
  return Array.isArray(value);
}

function numberLiteral(value: number): Expression {
  if (!Number.isFinite(value)) throw new RangeError(`${value} cannot be written as a number`);
  const text = String(Math.abs(value)).replace('e+', 'e');
  const magnitude: Expression = { kind: 'number', text };
  return value < 0 ? { kind: 'unary', operator: '-', operand: magnitude } : magnitude;
}

/** An object literal, in the order given. */
export function object(fields: Readonly<Record<string, Value>>): Expression {
  return {
    kind: 'object',
    fields: Object.entries(fields).map(([name, value]) => ({ name, value: toExpression(value) })),
  };
}

/** A reference such as `otelcol.processor.batch.logs.input`. */
export function ref(path: string): Expression {
  const [first = '', ...rest] = path.split('.');
  return rest.reduce<Expression>((of, name) => ({ kind: 'access', of, name }), { kind: 'name', name: first });
}

/** A call of a library function, `call('sys.env', 'POD_NAME')`. */
export function call(path: string, ...values: readonly Value[]): Expression {
  return { kind: 'call', callee: ref(path), arguments: values.map(toExpression) };
}

export function index(of: Expression, key: Value): Expression {
  return { kind: 'index', of, index: toExpression(key) };
}

export function plus(left: Value, right: Value): Expression {
  return { kind: 'binary', operator: '+', left: toExpression(left), right: toExpression(right) };
}

export function comment(...lines: readonly string[]): Comment {
  return { kind: 'comment', lines };
}

export function attribute(name: string, value: Value): Attribute {
  return { kind: 'attribute', name, value: toExpression(value) };
}

type Content = Readonly<Record<string, Value | undefined>> | Statement | undefined | readonly Content[];

/** A block without a label; contents are attributes as an object, statements, lists of them, or nothing. */
export function block(name: string, ...contents: readonly Content[]): Block {
  return { kind: 'block', name, body: contents.flatMap(toStatements) };
}

/** A component: a block with a label. */
export function component(name: string, label: string, ...contents: readonly Content[]): Block {
  return { kind: 'block', name, label, body: contents.flatMap(toStatements) };
}

/** A configuration of several parts; a part that is undefined is left out. */
export function config(...parts: readonly (Statement | undefined | readonly (Statement | undefined)[])[]): AlloyConfig {
  return parts.flat().filter((part) => part !== undefined);
}

function toStatements(content: Content): readonly Statement[] {
  if (content === undefined) return [];
  if (isContents(content)) return content.flatMap(toStatements);
  if (isStatement(content)) return [content];
  return Object.entries(content).flatMap(([name, value]) => (value === undefined ? [] : [attribute(name, value)]));
}

function isContents(content: Exclude<Content, undefined>): content is readonly Content[] {
  return Array.isArray(content);
}

function isStatement(content: object): content is Statement {
  return 'kind' in content && (content.kind === 'block' || content.kind === 'comment' || content.kind === 'attribute');
}
