import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const room = import.meta.dirname;
const files = readdirSync(room, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.e2e.ts') && !file.startsWith('bpf/'),
);

/** The files of bpf/ that a file asks for. */
function doorsOf(file: string): string[] {
  const text = readFileSync(join(room, file), 'utf8');
  return [...text.matchAll(/from '(?:\.\.?\/)+bpf\/([^']+)'/g)].map((match) => match[1] as string);
}

test('outside of bpf/ everything knows the kernel by its contract, and only the host opens the real one', () => {
  const others = files.filter((file) => doorsOf(file).some((door) => door !== 'contract.ts'));
  expect(others).toEqual(['host-environment.ts']);
  expect(doorsOf('host-environment.ts')).toEqual(['index.ts']);
});

test('the contract loads nothing native', () => {
  const seen = new Set<string>(['contract.ts']);
  for (const file of seen) {
    const text = readFileSync(join(room, 'bpf', file), 'utf8');
    for (const [, values, from] of text.matchAll(/^(?:import|export) (?!type )(.*?) from '\.\/([^']+)';/gms))
      if (values !== undefined && from !== undefined) seen.add(from);
  }
  expect([...seen].sort()).toEqual(['contract.ts', 'flight-of.ts', 'health.ts', 'red-row.ts', 'unsupported.ts']);
});
