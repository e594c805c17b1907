import { afterAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const main = join(import.meta.dirname, 'main.ts');
const example = join(import.meta.dirname, '../../examples/dev.yaml');
const dir = mkdtempSync(join(tmpdir(), 'ostack-cli-'));

afterAll(() => rmSync(dir, { recursive: true, force: true }));

function ostack(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

function stackFile(spec: object, name = 'demo'): string {
  const file = join(dir, `${name}.yaml`);
  const stack = { apiVersion: 'ostack.io/v1alpha1', kind: 'ObservabilityStack', metadata: { name }, spec };
  writeFileSync(file, `${JSON.stringify({ kind: 'Namespace' })}\n---\n${JSON.stringify(stack)}\n`);
  return file;
}

describe('ostack validate', () => {
  test('says nothing is wrong and exits 0', () => {
    expect(ostack('validate', '-f', example)).toEqual({ code: 0, out: 'demo: valid\n', err: '' });
  }, 30_000);

  test('tells path, reason and fix and exits 1', () => {
    const { code, out } = ostack('validate', '-f', stackFile({ sampling: { baselinePercent: 120 } }));
    expect(code).toBe(1);
    expect(out).toMatch(/^demo:\nspec\.sampling\.baselinePercent: .+\n {2}fix: .+\n$/);
  }, 30_000);

  test('finds what only the plan can know', () => {
    const file = stackFile({ overrides: [{ kind: 'Service', name: 'nobody', patch: { spec: {} } }] });
    const { code, out } = ostack('validate', '-f', file, '-o', 'json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject([{ name: 'demo', problems: [{ path: 'spec.overrides[0]' }] }]);
  }, 30_000);
});

describe('ostack render', () => {
  test('prints the same sorted objects every time, without a cluster', () => {
    const first = ostack('render', '-f', example);
    expect(first.code).toBe(0);
    expect(ostack('render', '-f', example).out).toBe(first.out);
    const names = parseAllDocuments(first.out).map((d) => {
      const { kind, metadata } = d.toJS() as { kind: string; metadata: { name: string; namespace?: string } };
      return `${metadata.namespace ?? 'cluster'}-${kind.toLowerCase()}-${metadata.name}.yaml`;
    });
    expect(names.length).toBeGreaterThan(20);
    expect(names).toEqual(names.toSorted());
  }, 30_000);

  test('writes one file an object into a directory', () => {
    const target = join(dir, 'objects');
    expect(ostack('render', '-f', example, '-o', target).code).toBe(0);
    const files = readdirSync(target);
    expect(files).toContain('observability-statefulset-demo-tempo.yaml');
    expect(readFileSync(join(target, 'observability-service-demo-tempo.yaml'), 'utf8')).toContain('kind: Service');
  }, 30_000);

  test('refuses a wrong spec with its problems on standard error', () => {
    const { code, out, err } = ostack('render', '-f', stackFile({ size: 'huge' }));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('spec.size');
  }, 30_000);
});

describe('wrong usage exits 2 with what would be right', () => {
  test.each([
    ['no command', [], /Usage: ostack/],
    ['an unknown command', ['fly'], /unknown command 'fly'/],
    ['a missing file', ['render'], /required option '-f, --file <file>'/],
    ['a file that is not there', ['validate', '-f', '/nowhere.yaml'], /\/nowhere\.yaml cannot be read/],
    ['a file without a stack', ['validate', '-f', 'package.json'], /holds no ObservabilityStack/],
    ['an unknown format', ['status', '-o', 'xml'], /-o is table or json/],
    [
      'a format objects are not printed in',
      ['render', '-f', example, '-o', 'json'],
      /-o is yaml or a directory; .*\.\/json/,
    ],
  ])(
    '%s',
    (_name, args, message) => {
      const { code, err } = ostack(...args);
      expect(code).toBe(2);
      expect(err).toMatch(message);
    },
    30_000,
  );
});

test('help and version are fine', () => {
  expect(ostack('--version')).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  expect(ostack('--help').code).toBe(0);
}, 30_000);
