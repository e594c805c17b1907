import { isIdentifier } from './identifier.ts';
import { tokenize } from './lexer.ts';
import { binaryPrecedence } from './precedence.ts';
import { SyntaxFault, type SyntaxProblem, type Token } from './token.ts';
import type { AlloyConfig, BinaryOperator, Expression, Field, Statement } from './tree.ts';

export type ParsedAlloy =
  { readonly ok: true; readonly config: AlloyConfig } | { readonly ok: false; readonly problem: SyntaxProblem };

// Deeper nesting has no use and would exhaust the stack.
const deepest = 200;

/**
 * Reads a configuration. Never throws: the first mistake comes back with its line and column.
 * Comments on lines of their own above a statement are kept, others are dropped.
 */
export function parseAlloy(text: string): ParsedAlloy {
  try {
    return { ok: true, config: new Parser(tokenize(text)).file() };
  } catch (fault) {
    if (fault instanceof SyntaxFault) return { ok: false, problem: fault.problem };
    throw fault;
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  file(): AlloyConfig {
    const body = this.#body();
    if (this.#here.kind !== 'end') this.#fail(`expected a statement, found ${describe(this.#here)}`);
    return body;
  }

  get #here(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #body(): Statement[] {
    const statements: Statement[] = [];
    while (this.#here.kind !== 'end' && !this.#is('}')) {
      const { comments } = this.#here;
      if (comments !== undefined) statements.push({ kind: 'comment', lines: comments });
      statements.push(this.#nested(() => this.#statement()));
      if (this.#is('}')) break;
      if (this.#here.kind !== 'terminator') this.#fail(`expected a new line, found ${describe(this.#here)}`);
      this.#at += 1;
    }
    return statements;
  }

  #statement(): Statement {
    const start = this.#here;
    const name = [this.#identifier()];
    while (this.#take('.')) name.push(this.#identifier());
    const label = this.#label();
    if (this.#take('=')) {
      if (name.length > 1) throw new SyntaxFault('an attribute name has no dots', start.position);
      if (label !== undefined) throw new SyntaxFault('an attribute has no label', start.position);
      return { kind: 'attribute', name: name[0] as string, value: this.#expression() };
    }
    if (!this.#is('{')) this.#fail(`expected ${label === undefined ? '= or ' : ''}{, found ${describe(this.#here)}`);
    this.#at += 1;
    const body = this.#body();
    this.#expect('}');
    return { kind: 'block', name: name.join('.'), ...(label === undefined ? {} : { label }), body };
  }

  #label(): string | undefined {
    const token = this.#here;
    if (token.kind !== 'string') return undefined;
    if (token.quote !== '"') this.#fail('a label takes double quotes');
    if (token.text !== '' && !isIdentifier(token.text)) {
      this.#fail(`label "${token.text}" is not an identifier (letters, digits and _, no digit first)`);
    }
    this.#at += 1;
    return token.text === '' ? undefined : token.text;
  }

  #expression(loosest = 1): Expression {
    return this.#nested(() => {
      let left = this.#power();
      for (;;) {
        const operator = this.#binaryOperator();
        if (operator === undefined || binaryPrecedence[operator] < loosest) return left;
        this.#at += 1;
        left = { kind: 'binary', operator, left, right: this.#expression(binaryPrecedence[operator] + 1) };
      }
    });
  }

  #power(): Expression {
    const left = this.#unary();
    if (!this.#take('^')) return left;
    return { kind: 'binary', operator: '^', left, right: this.#nested(() => this.#power()) };
  }

  #binaryOperator(): BinaryOperator | undefined {
    const { kind, text } = this.#here;
    return kind === 'operator' && Object.hasOwn(binaryPrecedence, text) ? (text as BinaryOperator) : undefined;
  }

  #unary(): Expression {
    for (const operator of ['!', '-'] as const) {
      if (this.#take(operator)) return { kind: 'unary', operator, operand: this.#nested(() => this.#unary()) };
    }
    return this.#postfix(this.#primary());
  }

  #postfix(start: Expression): Expression {
    let expression = start;
    for (;;) {
      if (this.#take('.')) expression = { kind: 'access', of: expression, name: this.#identifier() };
      else if (this.#take('[')) {
        expression = { kind: 'index', of: expression, index: this.#expression() };
        this.#expect(']');
      } else if (this.#take('(')) {
        expression = { kind: 'call', callee: expression, arguments: this.#list(')', () => this.#expression()) };
      } else if (this.#is('{') || this.#here.kind === 'string') {
        this.#fail('a block cannot be a value (drop the = before it)');
      } else return expression;
    }
  }

  #primary(): Expression {
    const token = this.#here;
    this.#at += 1;
    switch (token.kind) {
      case 'identifier':
        return { kind: 'name', name: token.text };
      case 'string':
        return { kind: 'string', value: token.text };
      case 'number':
        return { kind: 'number', text: token.text };
      case 'boolean':
        return { kind: 'boolean', value: token.text === 'true' };
      case 'null':
        return { kind: 'null' };
      default:
        return this.#bracketed(token);
    }
  }

  #bracketed(open: Token): Expression {
    if (open.kind === 'operator' && open.text === '(') {
      const inner = this.#expression();
      this.#expect(')');
      return inner;
    }
    if (open.kind === 'operator' && open.text === '[') {
      return { kind: 'array', elements: this.#list(']', () => this.#expression()) };
    }
    if (open.kind === 'operator' && open.text === '{') {
      return { kind: 'object', fields: this.#list('}', () => this.#field()) };
    }
    throw new SyntaxFault(`expected a value, found ${describe(open)}`, open.position);
  }

  #field(): Field {
    const name = this.#here;
    if (name.kind !== 'identifier' && name.kind !== 'string') this.#fail(`expected a key, found ${describe(name)}`);
    this.#at += 1;
    this.#expect('=');
    return { name: name.text, value: this.#expression() };
  }

  #list<T>(close: string, element: () => T): T[] {
    const elements: T[] = [];
    while (!this.#take(close)) {
      elements.push(element());
      if (this.#is(close)) continue;
      if (this.#here.kind === 'terminator') this.#fail(`expected a comma before the end of the line`);
      this.#expect(',');
    }
    return elements;
  }

  #identifier(): string {
    if (this.#here.kind !== 'identifier') this.#fail(`expected a name, found ${describe(this.#here)}`);
    const { text } = this.#here;
    this.#at += 1;
    return text;
  }

  #is(operator: string): boolean {
    return this.#here.kind === 'operator' && this.#here.text === operator;
  }

  #take(operator: string): boolean {
    if (!this.#is(operator)) return false;
    this.#at += 1;
    return true;
  }

  #expect(operator: string): void {
    if (!this.#take(operator)) this.#fail(`expected ${operator}, found ${describe(this.#here)}`);
  }

  #nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > deepest) this.#fail('nested too deeply');
    const result = read();
    this.#depth -= 1;
    return result;
  }

  #fail(message: string): never {
    throw new SyntaxFault(message, this.#here.position);
  }
}

function describe(token: Token): string {
  if (token.kind === 'end') return 'the end of the text';
  if (token.kind === 'terminator') return 'the end of the line';
  return token.kind === 'string' ? 'a string' : token.text;
}
