import { unquote } from './string-literal.ts';
import { SyntaxFault, type Position, type Token } from './token.ts';

const space = /[ \t\r]*/y;
const word = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const number = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d*)?/y;
const comment = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const operator = /\|\||&&|==|!=|<=|>=|[!=<>+\-*/%^{}()[\],.]/y;
const byteOrderMark = '\uFEFF';

/**
 * The tokens of a text, closed by an `end` token.
 * A newline ends a statement only after a token that can end one, as in Go; throws `SyntaxFault`.
 */
export function tokenize(text: string): readonly Token[] {
  const lexer = new Lexer(text.startsWith(byteOrderMark) ? text.slice(1) : text);
  const tokens: Token[] = [];
  do tokens.push(lexer.next());
  while (tokens.at(-1)?.kind !== 'end');
  return tokens;
}

class Lexer {
  readonly #text: string;
  #at = 0;
  #line = 1;
  #lineStart = 0;
  #mayEnd = false;
  #comments: { readonly line: number; readonly text: string }[] = [];
  #lastTokenLine = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(): Token {
    const terminator = this.#skip();
    if (terminator !== undefined) return terminator;
    const position = this.#position();
    if (this.#at >= this.#text.length) return this.#token({ kind: 'end', text: '', position }, false);
    return this.#word(position) ?? this.#number(position) ?? this.#string(position) ?? this.#operator(position);
  }

  /** Goes over blanks and comments; stops at a newline that ends a statement. */
  #skip(): Token | undefined {
    for (;;) {
      this.#take(space);
      const position = this.#position();
      const ended = this.#at >= this.#text.length;
      if (this.#mayEnd && (ended || this.#text[this.#at] === '\n' || this.#commentsReachLineEnd())) {
        return this.#token({ kind: 'terminator', text: '\n', position }, false);
      }
      if (this.#text[this.#at] === '\n') {
        this.#newline(this.#at + 1);
        continue;
      }
      const skipped = this.#take(comment);
      if (skipped === undefined) {
        if (this.#text.startsWith('/*', this.#at)) throw new SyntaxFault('comment is not closed', position);
        return undefined;
      }
      this.#note(skipped, position);
    }
  }

  #commentsReachLineEnd(): boolean {
    const rest = /(?:[ \t\r]|\/\*[\s\S]*?\*\/)*/y;
    rest.lastIndex = this.#at;
    const passed = rest.exec(this.#text)?.[0] ?? '';
    const after = this.#at + passed.length;
    const closesLine = after >= this.#text.length || this.#text[after] === '\n' || this.#text.startsWith('//', after);
    return passed.includes('\n') || closesLine;
  }

  #note(skipped: string, position: Position): void {
    const ownLine = position.line !== this.#lastTokenLine && /^[ \t]*$/.test(this.#beforeOnLine(position));
    const lines = skipped.startsWith('//') ? [skipped.slice(2)] : skipped.slice(2, -2).split('\n');
    for (const [offset, line] of lines.entries()) {
      if (offset > 0) this.#newline(this.#text.indexOf('\n', this.#lineStart) + 1, false);
      const text = skipped.startsWith('//') ? line.trimEnd().replace(/^ /, '') : line.trim().replace(/^\* ?/, '');
      if (ownLine && (text !== '' || skipped.startsWith('//'))) this.#comments.push({ line: this.#line, text });
    }
  }

  #beforeOnLine(position: Position): string {
    return this.#text.slice(this.#lineStart, this.#lineStart + position.column - 1);
  }

  #newline(next: number, move = true): void {
    if (move) this.#at = next;
    this.#line += 1;
    this.#lineStart = next;
  }

  #word(position: Position): Token | undefined {
    const text = this.#take(word);
    if (text === undefined) return undefined;
    const kind = text === 'null' ? 'null' : text === 'true' || text === 'false' ? 'boolean' : 'identifier';
    return this.#token({ kind, text, position }, true);
  }

  #number(position: Position): Token | undefined {
    const text = this.#take(number);
    if (text === undefined) return undefined;
    if (/[eE][+-]?$/.test(text)) throw new SyntaxFault('exponent has no digits', position);
    return this.#token({ kind: 'number', text, position }, true);
  }

  #string(position: Position): Token | undefined {
    const quote = this.#text[this.#at];
    if (quote === "'") throw new SyntaxFault('strings take double quotes', position);
    if (quote !== '"' && quote !== '`') return undefined;
    const body = quote === '"' ? /(?:\\.|[^"\\\n])*/suy : /[^`]*/y;
    body.lastIndex = this.#at + 1;
    const inner = body.exec(this.#text)?.[0] ?? '';
    const close = this.#at + 1 + inner.length;
    if (this.#text[close] !== quote) throw new SyntaxFault('string is not closed', position);
    const value = quote === '`' ? inner : this.#unescape(inner, position);
    this.#at = close + 1;
    for (let at = inner.indexOf('\n'); at !== -1; at = inner.indexOf('\n', at + 1)) {
      this.#newline(close - inner.length + at + 1, false);
    }
    return this.#token({ kind: 'string', text: value, quote, position }, true);
  }

  #unescape(inner: string, position: Position): string {
    const result = unquote(inner);
    if ('value' in result) return result.value;
    const column = position.column + 1 + result.badEscapeAt;
    throw new SyntaxFault(`unknown escape ${inner.slice(result.badEscapeAt, result.badEscapeAt + 2)}`, {
      line: position.line,
      column,
    });
  }

  #operator(position: Position): Token {
    const text = this.#take(operator);
    if (text === undefined) {
      const character = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
      const hint = character === '#' ? ' (comments begin with //)' : '';
      throw new SyntaxFault(`unexpected character ${character}${hint}`, position);
    }
    return this.#token({ kind: 'operator', text, position }, text === '}' || text === ')' || text === ']');
  }

  #token(token: Token, mayEnd: boolean): Token {
    this.#mayEnd = mayEnd;
    if (token.kind === 'terminator') return token;
    this.#lastTokenLine = this.#line;
    const above = this.#commentsAbove(token.position.line);
    this.#comments = [];
    return above.length === 0 ? token : { ...token, comments: above };
  }

  #commentsAbove(line: number): readonly string[] {
    const above: string[] = [];
    let expected = line - 1;
    for (const { line: at, text } of this.#comments.toReversed()) {
      if (at !== expected) break;
      above.unshift(text);
      expected -= 1;
    }
    return above;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined || found === '') return undefined;
    this.#at += found.length;
    return found;
  }

  #position(): Position {
    return { line: this.#line, column: this.#at - this.#lineStart + 1 };
  }
}
