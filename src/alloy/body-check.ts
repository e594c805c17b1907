import type { Shape } from './catalogue/shape.ts';
import type { Finding, FindingKind } from './finding.ts';
import type { Block, Statement } from './tree.ts';
import { mismatch, type Exports } from './value-type.ts';

/** Holds the inside of a block against its shape. */
export function checkBody(body: readonly Statement[], shape: Shape, at: string, exportsOf: Exports): Finding[] {
  if (shape.open) return [];
  const place = (name: string) => (at.includes(' ') ? `${at}.${name}` : `${at} ${name}`);
  const seen = new Map<string, number>();
  const findings: Finding[] = [];
  const report = (kind: FindingKind, name: string, message: string) =>
    findings.push({ kind, at: place(name), message });

  for (const statement of body) {
    if (statement.kind === 'comment') continue;
    const { name } = statement;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    if (statement.kind === 'attribute') {
      const argument = shape.arguments.get(name);
      if (argument === undefined) {
        report(
          'unknown argument',
          name,
          shape.blocks.has(name) ? `${name} is a block` : `there is no argument ${name}`,
        );
        continue;
      }
      if (count === 2) report('repeated', name, `${name} is set twice`);
      const reason = mismatch(statement.value, argument.type, exportsOf);
      if (reason !== undefined) report('wrong type', name, reason);
    } else findings.push(...checkInner(statement, shape, count, place(name), exportsOf));
  }
  for (const [name, { required }] of [...shape.arguments, ...shape.blocks]) {
    if (required && !seen.has(name)) report('missing argument', name, `${name} is required`);
  }
  return findings;
}

function checkInner(block: Block, shape: Shape, count: number, at: string, exportsOf: Exports): Finding[] {
  const inner = shape.blocks.get(block.name);
  if (inner === undefined) {
    const message = shape.arguments.has(block.name)
      ? `${block.name} is an argument`
      : `there is no block ${block.name}`;
    return [{ kind: 'unknown argument', at, message }];
  }
  const repeated: Finding[] =
    !inner.many && count === 2 ? [{ kind: 'repeated', at, message: `${block.name} may come once only` }] : [];
  const labelled: Finding[] =
    block.label === undefined ? [] : [{ kind: 'bad label', at, message: `${block.name} takes no label` }];
  return [...repeated, ...labelled, ...checkBody(block.body, inner.shape, at, exportsOf)];
}
