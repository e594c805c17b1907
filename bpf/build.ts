/**
 * Builds the probes: `node bpf/build.ts` writes bpf/built/*.bpf.o and src/agent/bpf/layout.gen.ts;
 * `node bpf/build.ts --check` builds aside and fails when a committed byte differs. The compiler is pinned and paths are
 * mapped away, so the bytes depend on the sources alone.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layoutOf } from './layout.ts';

const room = import.meta.dirname;
const layoutFile = join(room, '../src/agent/bpf/layout.gen.ts');
const compiler = { command: 'clang-14', version: 'clang version 14.0.6', strip: 'llvm-strip-14' };

function run(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { cwd: room, encoding: 'utf8', maxBuffer: 64 << 20 });
}

function compile(source: string, target: string): void {
  const flags = ['-O2', '-g', '-target', 'bpf', '-mcpu=v3', '-Wall', '-Werror', '-Wno-unused-function'];
  run(compiler.command, [...flags, `-ffile-prefix-map=${room}=.`, '-c', source, '-o', target]);
  run(compiler.strip, ['-g', target]);
}

function build(into: string): void {
  for (const source of sources()) compile(source, join(into, objectName(source)));
}

function sources(): string[] {
  const here = readdirSync(room).filter((file) => file.endsWith('.bpf.c'));
  const features = readdirSync(join(room, 'features')).map((file) => `features/${file}`);
  const tests = readdirSync(join(room, 'test')).filter((file) => file.endsWith('.bpf.c'));
  return [...here, ...features, ...tests.map((file) => `test/${file}`)].sort();
}

function objectName(source: string): string {
  return source.replace('features/', 'feature-').replace('test/', 'test-').replace(/\.c$/, '.o');
}

function layoutText(): string {
  const aside = mkdtempSync(join(tmpdir(), 'bpf-'));
  try {
    compile('layout.c', join(aside, 'layout.o'));
    return layoutOf(run('bpftool', ['btf', 'dump', '-j', 'file', join(aside, 'layout.o')]));
  } finally {
    rmSync(aside, { recursive: true });
  }
}

function differences(fresh: string): string[] {
  const committed = join(room, 'built');
  const names = new Set([...readdirSync(fresh), ...readdirSync(committed)]);
  const differs = (name: string) => {
    const [a, b] = [fresh, committed].map((directory) => read(join(directory, name)));
    return !a || !b || !a.equals(b);
  };
  const objects = [...names].filter(differs);
  return read(layoutFile)?.toString() === layoutText() ? objects : [...objects, 'layout.gen.ts'];
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

function main(): void {
  const found = run(compiler.command, ['--version']);
  if (!found.includes(compiler.version)) throw new Error(`needs ${compiler.version}, found ${found.split('\n')[0]}`);
  if (process.argv.includes('--check')) {
    const fresh = mkdtempSync(join(tmpdir(), 'bpf-'));
    try {
      build(fresh);
      const stale = differences(fresh);
      if (stale.length > 0) throw new Error(`not what the sources give: ${stale.join(', ')}; run node bpf/build.ts`);
    } finally {
      rmSync(fresh, { recursive: true });
    }
    return;
  }
  const into = join(room, 'built');
  mkdirSync(into, { recursive: true });
  for (const old of readdirSync(into)) rmSync(join(into, old));
  build(into);
  writeFileSync(layoutFile, layoutText());
}

main();
