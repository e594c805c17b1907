import type { BinaryOperator } from './tree.ts';

/** How tightly a binary operator binds; higher binds tighter. */
export const binaryPrecedence: Readonly<Record<BinaryOperator, number>> = {
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  '^': 6,
};

export const unaryPrecedence = 7;
export const primaryPrecedence = 8;
