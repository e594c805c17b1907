export type { AlloyConfig, Attribute, Block, Comment, Expression, Field, Statement } from './tree.ts';
export {
  attribute,
  block,
  call,
  comment,
  component,
  config,
  index,
  object,
  plus,
  ref,
  toExpression,
  type Value,
} from './build.ts';
export { isIdentifier, toLabel } from './identifier.ts';
export { printAlloy } from './printer.ts';
export { parseAlloy, type ParsedAlloy } from './parser.ts';
export { quote } from './string-literal.ts';
export type { SyntaxProblem } from './token.ts';
export { checkWiring } from './wiring-check.ts';
export type { Finding, FindingKind } from './finding.ts';
export { minimumStability } from './minimum-stability.ts';
export type { Stability } from './catalogue/shape.ts';
