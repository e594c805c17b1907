// `make test`: the cheap checks first, while the programs of the cluster are built behind them; then the tests that run
// real programs and those on other kernels; then the scenarios on a real node of their own, which is always taken down.
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { jest, type Outcome, run } from './check.ts';
import { bundledImage, importImages } from './cluster/images.ts';
import { downNode, type RealNode, upNode } from './cluster/node.ts';
import { imagePackages, installPackages, nodePackages, probePackages, testPackages } from './cluster/packages.ts';
import { buildPrograms } from './cluster/programs.ts';
import { timedProgress } from './cluster/progress.ts';
import { programs } from './tools/programs.ts';

const root = join(import.meta.dirname, '..');
const progress = timedProgress();
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(new Error(signal)));

// A node of its own: the one a developer works on, or the demo, is not disturbed.
process.env['OSTACK_NODE'] ??= 'ostack-test';

/** Scenarios in the order a stack lives; one that is not named here runs after them, never not at all. */
const order = [
  'create',
  'agent',
  'sampling',
  'truth',
  'drift',
  'rest',
  'bad-input',
  'faults',
  'gitops',
  'ways-in',
  'delete',
];

const outcomes: Outcome[] = [];

async function check(name: string, ...command: readonly string[]): Promise<void> {
  progress(name);
  const code = await run(command, {}, stop.signal);
  if (code !== 0) throw new Error(`${name} failed: make ${name} repeats it`);
}

async function tests(name: string, args: readonly string[], inside: readonly string[] = []): Promise<void> {
  stop.signal.throwIfAborted();
  progress(name);
  const outcome = await jest([...args, '--ci'], inside, stop.signal);
  outcomes.push(outcome);
  progress(`${name}: ${outcome.passed} passed, ${outcome.failed} failed`);
}

function inBand(pattern: string): string[] {
  return ['--runInBand', '--verbose', '--forceExit', '--testTimeout=600000', `--testMatch=${pattern}`];
}

function rank(file: string): number {
  const place = order.indexOf(basename(file, '.scenario.ts'));
  return place === -1 ? order.length : place;
}

function scenarios(): string[] {
  const files = globSync('e2e/scenarios/*.scenario.ts', { cwd: root });
  return files.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

async function prepare(): Promise<RealNode> {
  const node = await upNode({ progress });
  await importImages(node.place, progress);
  await node.useImage(await bundledImage('ostack.test/shop:dev', 'examples/shop/main.ts'));
  return node;
}

async function onNode(): Promise<void> {
  try {
    const node = await prepare();
    for (const file of scenarios()) await tests(file, inBand(`**/${file}`), node.entering);
  } finally {
    progress('taking the node down');
    await downNode();
  }
}

async function everything(): Promise<void> {
  await installPackages([...nodePackages, ...imagePackages, ...probePackages, ...testPackages], progress);
  const built = buildPrograms(
    programs.map((program) => program.name),
    progress,
  );
  built.catch(() => stop.abort(new Error('a program did not build')));
  await check('lint', 'make', '--silent', 'lint');
  await check('types', 'make', '--silent', 'types');
  await check('verify', 'make', '--silent', 'verify');
  await tests('unit tests', []);
  progress('waiting for the programs');
  await built;
  await tests('tests with real programs', inBand('**/*.e2e.ts'));
  await check('kernels', 'make', '--silent', 'kernels');
  await onNode();
}

let problem = '';
try {
  process.chdir(root);
  await everything();
} catch (error) {
  problem = error instanceof Error ? error.message : String(error);
}
const sum = (field: keyof Outcome): number => outcomes.reduce((total, outcome) => total + outcome[field], 0);
if (problem) console.error(`\nstopped: ${problem}`);
console.log(`${sum('passed')} passed, ${sum('failed') + (problem ? 1 : 0)} failed`);
process.exit(problem || sum('failed') > 0 ? 1 : 0);
