import type { AlloyConfig, Block, Expression, Statement } from './tree.ts';

/** The names of a chain such as `a.b.c`, as far as they are plain; undefined if it begins with something else. */
export function pathOf(expression: Expression): readonly string[] | undefined {
  if (expression.kind === 'name') return [expression.name];
  if (expression.kind !== 'access') return undefined;
  const before = pathOf(expression.of);
  return before === undefined ? undefined : [...before, expression.name];
}

/** Every reference in an expression, the longest chains only. */
export function referencesIn(expression: Expression): readonly (readonly string[])[] {
  const path = pathOf(expression);
  if (path !== undefined) return [path];
  switch (expression.kind) {
    case 'array':
      return expression.elements.flatMap(referencesIn);
    case 'object':
      return expression.fields.flatMap(({ value }) => referencesIn(value));
    case 'access':
      return referencesIn(expression.of);
    case 'index':
      return [...referencesIn(expression.of), ...referencesIn(expression.index)];
    case 'call':
      return [...referencesIn(expression.callee), ...expression.arguments.flatMap(referencesIn)];
    case 'unary':
      return referencesIn(expression.operand);
    case 'binary':
      return [...referencesIn(expression.left), ...referencesIn(expression.right)];
    default:
      return [];
  }
}

/** Every reference in a block, however deep. */
export function referencesOf(body: readonly Statement[]): readonly (readonly string[])[] {
  return body.flatMap((statement) => {
    if (statement.kind === 'attribute') return referencesIn(statement.value);
    return statement.kind === 'block' ? referencesOf(statement.body) : [];
  });
}

/** `otelcol.processor.batch.logs` */
export function idOf({ name, label }: Block): string {
  return label === undefined ? name : `${name}.${label}`;
}

/** The blocks at the top level. */
export function blocksOf(config: AlloyConfig): readonly Block[] {
  return config.filter((statement) => statement.kind === 'block');
}
