import { isIdentifier } from './identifier.ts';
import { binaryPrecedence, primaryPrecedence, unaryPrecedence } from './precedence.ts';
import { quote } from './string-literal.ts';
import type { AlloyConfig, Attribute, Block, Expression, Field, Statement } from './tree.ts';

// A list that is longer than this goes one element a line.
const inlineLimit = 100;

/** The text of a configuration, exactly as `alloy fmt` leaves it. The same tree gives the same bytes. */
export function printAlloy(config: AlloyConfig): string {
  const lines = printBody(config, '');
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function printBody(body: readonly Statement[], indent: string): string[] {
  const lines: string[] = [];
  for (let at = 0; at < body.length;) {
    const statement = body[at] as Statement;
    if (at > 0 && wantsBlankLine(body, at)) lines.push('');
    if (statement.kind === 'attribute') {
      const run = attributeRun(body, at, indent);
      lines.push(...aligned(run, indent));
      at += run.length;
      continue;
    }
    if (statement.kind === 'comment') lines.push(...statement.lines.map((line) => `${indent}// ${line}`.trimEnd()));
    else lines.push(...printBlock(statement, indent));
    at += 1;
  }
  return lines;
}

function wantsBlankLine(body: readonly Statement[], at: number): boolean {
  const before = body[at - 1]?.kind;
  const here = body[at]?.kind;
  if (before === 'block') return true;
  if (here === 'block') return before === 'attribute';
  if (here === 'comment' && before === 'attribute') return body[at + 1]?.kind === 'block';
  return false;
}

function printBlock(block: Block, indent: string): string[] {
  const head = block.label === undefined ? block.name : `${block.name} ${quote(block.label)}`;
  const body = printBody(block.body, `${indent}\t`);
  return body.length === 0 ? [`${indent}${head} { }`] : [`${indent}${head} {`, ...body, `${indent}}`];
}

interface Row {
  readonly name: string;
  readonly text: string;
}

/** The equal signs of neighbours line up, up to and including the first value of several lines. */
function attributeRun(body: readonly Statement[], from: number, indent: string): Row[] {
  const run: Row[] = [];
  for (let at = from; at < body.length && body[at]?.kind === 'attribute'; at += 1) {
    const { name, value } = body[at] as Attribute;
    const text = printExpression(value, indent);
    run.push({ name, text });
    if (text.includes('\n')) break;
  }
  return run;
}

function aligned(run: readonly Row[], indent: string, end = ''): string[] {
  const width = Math.max(...run.map(({ name }) => [...name].length));
  return run.map(({ name, text }) => `${indent}${name}${' '.repeat(width - [...name].length)} = ${text}${end}`);
}

/** One expression; lines after the first carry the indentation. */
export function printExpression(expression: Expression, indent = ''): string {
  switch (expression.kind) {
    case 'string':
      return printString(expression.value);
    case 'number':
      return expression.text;
    case 'boolean':
      return String(expression.value);
    case 'null':
      return 'null';
    case 'name':
      return expression.name;
    case 'array':
      return printArray(expression.elements, indent);
    case 'object':
      return printObject(expression.fields, indent);
    case 'access':
      return `${printOperand(expression.of, primaryPrecedence, indent)}.${expression.name}`;
    case 'index':
      return `${printOperand(expression.of, primaryPrecedence, indent)}[${printExpression(expression.index, indent)}]`;
    case 'call': {
      const values = expression.arguments.map((value) => printExpression(value, indent));
      return `${printOperand(expression.callee, primaryPrecedence, indent)}(${values.join(', ')})`;
    }
    case 'unary':
      return `${expression.operator}${printOperand(expression.operand, unaryPrecedence, indent)}`;
    case 'binary': {
      const own = binaryPrecedence[expression.operator];
      // All operators lean left but the power, which leans right.
      const leansRight = expression.operator === '^';
      const left = printOperand(expression.left, leansRight ? own + 1 : own, indent);
      const right = printOperand(expression.right, leansRight ? own : own + 1, indent);
      return `${left} ${expression.operator} ${right}`;
    }
  }
}

function printOperand(expression: Expression, atLeast: number, indent: string): string {
  const text = printExpression(expression, indent);
  return precedenceOf(expression, atLeast) < atLeast ? `(${text})` : text;
}

function precedenceOf(expression: Expression, asked: number): number {
  if (expression.kind === 'binary') return binaryPrecedence[expression.operator];
  if (expression.kind === 'unary') return unaryPrecedence;
  // `1.x` would be read as a float and a word.
  if (expression.kind === 'number' && asked === primaryPrecedence) return unaryPrecedence;
  return primaryPrecedence;
}

/** Backticks spare the escapes in regular expressions, JSON and OTTL; they cannot hold everything. */
function printString(value: string): string {
  const escapesInQuotes = /["\\]/.test(value);
  const holdsRaw = value.isWellFormed() && !/[`\p{Cc}\p{Cf}\u2028\u2029]/u.test(value);
  return escapesInQuotes && holdsRaw ? `\`${value}\`` : quote(value);
}

function printArray(elements: readonly Expression[], indent: string): string {
  const inner = `${indent}\t`;
  const inline = elements.map((element) => printExpression(element, indent));
  const oneLine = `[${inline.join(', ')}]`;
  if (elements.length < 2 || (!oneLine.includes('\n') && oneLine.length <= inlineLimit)) return oneLine;
  const lines = elements.map((element) => `${inner}${printExpression(element, inner)},`);
  return `[\n${lines.join('\n')}\n${indent}]`;
}

function printObject(fields: readonly Field[], indent: string): string {
  if (fields.length === 0) return '{}';
  const inner = `${indent}\t`;
  const lines: string[] = [];
  let run: Row[] = [];
  for (const { name, value } of fields) {
    const text = printExpression(value, inner);
    run.push({ name: isIdentifier(name) ? name : quote(name), text });
    if (text.includes('\n')) {
      lines.push(...aligned(run, inner, ','));
      run = [];
    }
  }
  if (run.length > 0) lines.push(...aligned(run, inner, ','));
  return `{\n${lines.join('\n')}\n${indent}}`;
}
