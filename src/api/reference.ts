import { rows, type Row } from './schema/index.ts';
import { group, kind, version } from './v1alpha1/kind.ts';
import { spec } from './v1alpha1/rules.ts';
import { sizes } from './v1alpha1/sizes.ts';
import { status } from './v1alpha1/status.ts';

/** The text of `crds/REFERENCE.md`: every field, what each size means, and what is refused. */
export function renderReference(): string {
  const specRows = rows(spec.node, 'spec');
  return [
    `# ${kind} (${group}/${version})`,
    'Generated from `src/api` by `make generate`; edit there. `kubectl explain ostack.spec --recursive` shows the same.',
    '## spec',
    fieldTable(specRows),
    '## What a size means',
    'A value written in the spec wins over that of the size. Volumes grow with a larger size and cannot shrink.',
    sizeTable(),
    '## What is refused beyond types and bounds',
    ruleList(specRows),
    '## status',
    fieldTable(rows(status.node, 'status')),
    '',
  ].join('\n\n');
}

function fieldTable(all: readonly Row[]): string {
  const lines = all.map(({ path, type, value, description }) => line([`\`${path}\``, type, value, description]));
  return [line(['field', 'type', 'default', 'what it does']), '|---|---|---|---|', ...lines].join('\n');
}

function sizeTable(): string {
  const names = Object.keys(sizes) as (keyof typeof sizes)[];
  const lines = leaves(sizes.dev).map((path) => {
    return line([`\`spec.${path.join('.')}\``, ...names.map((name) => String(at(sizes[name], path)))]);
  });
  return [line(['field', ...names]), `|---|${'---|'.repeat(names.length)}`, ...lines].join('\n');
}

function ruleList(all: readonly Row[]): string {
  return all
    .filter(({ rules }) => rules.length > 0)
    .map(({ path, rules }) => `- \`${path}\`: ${rules.join(' ')}`)
    .join('\n');
}

function leaves(value: object, path: readonly string[] = []): readonly (readonly string[])[] {
  return Object.entries(value).flatMap(([key, each]: [string, unknown]) =>
    typeof each === 'object' && each !== null ? leaves(each, [...path, key]) : [[...path, key]],
  );
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce((each, key) => Reflect.get(each as object, key) as unknown, value);
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
