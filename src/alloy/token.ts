/** Where a token begins: lines and columns count from 1, columns in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Token {
  readonly kind: 'identifier' | 'number' | 'string' | 'boolean' | 'null' | 'operator' | 'terminator' | 'end';
  /** As written; for strings the value. */
  readonly text: string;
  /** How a string was quoted, since a label takes double quotes only. */
  readonly quote?: '"' | '`';
  readonly position: Position;
  /** Comments on lines of their own that end right above this token. */
  readonly comments?: readonly string[];
}

export interface SyntaxProblem extends Position {
  readonly message: string;
}

/** Thrown inside the reader only; `parseAlloy` turns it into a value. */
export class SyntaxFault extends Error {
  readonly problem: SyntaxProblem;

  constructor(message: string, position: Position) {
    super(message);
    this.problem = { message, line: position.line, column: position.column };
  }
}
