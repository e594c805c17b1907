import type { Problem, Stack } from '../api/index.ts';
import { checkWiring, parseAlloy, type AlloyConfig, type FindingKind } from '../alloy/index.ts';

const path = 'spec.collection.extraConfig';

export type Extra =
  { readonly ok: true; readonly config: AlloyConfig } | { readonly ok: false; readonly problems: readonly Problem[] };

// These belong to the pod: its probes and scrapes rely on them.
const reserved = new Set(['http', 'logging']);

const fixes: Readonly<Partial<Record<FindingKind, string>>> = {
  'colliding labels': 'choose another label',
  'unknown component': 'use a component Alloy 1.11 has',
  'bad label': 'label it with letters, digits and _, no digit first',
  'dangling reference': 'refer to a component of extraConfig or of alloy-node and to what it exports',
  cycle: 'send to a component further down',
};

/** The user's additions to alloy-node, or why they cannot be added to `ours`. Never throws. */
export function extraConfig({ spec }: Stack, ours: AlloyConfig): Extra {
  const text = spec.collection.extraConfig;
  const parsed = parseAlloy(text);
  if (!parsed.ok) {
    const { line, column, message } = parsed.problem;
    const reason = `cannot be read at line ${line}, column ${column}: ${message}`;
    return { ok: false, problems: [{ path, reason, fix: 'correct the Alloy text there' }] };
  }
  const problems = [...reservedBlocks(parsed.config), ...wiringProblems(ours, parsed.config)];
  return problems.length === 0 ? { ok: true, config: parsed.config } : { ok: false, problems };
}

function reservedBlocks(extra: AlloyConfig): readonly Problem[] {
  return extra
    .filter((statement) => statement.kind === 'block' && reserved.has(statement.name))
    .map((statement) => ({
      path,
      reason: `sets the ${'name' in statement ? statement.name : ''} block, which is set already`,
      fix: 'leave that block out',
    }));
}

function wiringProblems(ours: AlloyConfig, extra: AlloyConfig): readonly Problem[] {
  // Ours is whole by itself, so whatever is found now came with the addition.
  return checkWiring([...ours, ...extra.filter((each) => each.kind !== 'block' || !reserved.has(each.name))]).map(
    ({ kind, at, message }) => ({
      path,
      reason: `${kind} at ${at}: ${message}`,
      fix: fixes[kind] ?? 'correct that component',
    }),
  );
}
