// `make test`: the cheap checks first, while the programs of the cluster are built behind them; then the tests that run
// real programs and those on other kernels; then the scenarios on real nodes of their own, which are always taken down.
import { join } from 'node:path';
import { jest, type Outcome, run } from './check.ts';
import { bundledImage, importImages } from './cluster/images.ts';
import { downNode, type RealNode, upNode } from './cluster/node.ts';
import { imagePackages, installPackages, nodePackages, probePackages, testPackages } from './cluster/packages.ts';
import { buildPrograms } from './cluster/programs.ts';
import { timedProgress } from './cluster/progress.ts';
import { helmOf, installOperator } from './demo/operator.ts';
import { type Lane, scenarioLanes, type Suite, suites } from './suites.ts';
import { programs } from './tools/programs.ts';

const root = join(import.meta.dirname, '..');
const progress = timedProgress();
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => stop.abort(new Error(signal)));

const outcomes: Outcome[] = [];

async function check(name: string, ...settings: readonly string[]): Promise<void> {
  stop.signal.throwIfAborted();
  progress(name);
  const code = await run(['make', '--silent', name, ...settings], { label: name, signal: stop.signal });
  if (code !== 0) outcomes.push({ passed: 0, failed: 1, failures: [`${name} failed: make ${name} repeats it`] });
}

async function tests(label: string, args: readonly string[], node?: RealNode): Promise<void> {
  stop.signal.throwIfAborted();
  progress(label);
  const env = node && { OSTACK_NODE: node.place.name };
  const outcome = await jest([...args, '--ci'], node?.entering ?? [], {
    label,
    signal: stop.signal,
    ...(env && { env }),
  });
  outcomes.push(outcome);
  progress(`${label}: ${outcome.passed} passed, ${outcome.failed} failed`);
}

const inBand = ['--runInBand', '--verbose', '--forceExit', '--testTimeout=600000'];
const matching = (files: readonly string[]): string[] => files.map((file) => `--testMatch=**/${file}`);
const suite = ({ name, files }: Suite): Promise<void> => tests(name, [...inBand, ...matching(files)]);

async function prepare(name: string): Promise<RealNode> {
  const node = await upNode({ name, progress: (line) => progress(`${name}: ${line}`) });
  await importImages(node.place, progress);
  await node.useImage(await bundledImage('ostack.test/shop:dev', 'examples/shop/main.ts'));
  await installOperator(helmOf(node));
  return node;
}

async function onNode({ node: name, scenarios }: Lane): Promise<void> {
  try {
    const node = await prepare(name);
    for (const file of scenarios) await tests(file, [...inBand, ...matching([file])], node);
  } finally {
    progress(`taking ${name} down`);
    await downNode(name);
  }
}

/** Waits for everything, so that nothing still runs when the first problem is told. */
async function together(...parts: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(parts)).filter((part) => part.status === 'rejected');
  if (failed[0]) throw failed[0].reason as Error;
}

async function everything(): Promise<void> {
  await installPackages([...nodePackages, ...imagePackages, ...probePackages, ...testPackages], progress);
  const built = buildPrograms(
    programs.map((program) => program.name),
    progress,
  );
  built.catch(() => stop.abort(new Error('a program did not build')));
  for (const name of ['lint', 'types', 'verify']) await check(name);
  await tests('unit', []);
  const [probes, apiServer, rest] = suites();
  const onNodes = async (): Promise<void> => {
    progress('waiting for the programs');
    await built;
    await together(suite(rest), ...scenarioLanes().map(onNode));
  };
  await together(
    // The probes' tests deserve the quiet; what runs against an API server mostly waits, whatever runs beside it.
    suite(probes)
      .then(() => check('kernels', 'KERNELS=6.1 6.12'))
      .then(onNodes),
    buildPrograms(['etcd', 'kube-apiserver']).then(() => suite(apiServer)),
  );
}

let problem = '';
try {
  process.chdir(root);
  await everything();
} catch (error) {
  problem = error instanceof Error ? error.message : String(error);
}
const sum = (field: 'passed' | 'failed'): number => outcomes.reduce((total, outcome) => total + outcome[field], 0);
const failures = outcomes.flatMap((outcome) => outcome.failures);
for (const failure of failures) console.log(`\n✕ ${failure}`);
if (problem) console.log(`\nstopped: ${problem}`);
// Once more in a line each: who sees only the end of this sees them all.
if (failures.length > 0) console.log(`\n${failures.map((failure) => `✕ ${failure.split('\n', 1)[0]}`).join('\n')}`);
console.log(`${sum('passed')} passed, ${sum('failed') + (problem ? 1 : 0)} failed`);
process.exit(problem || sum('failed') > 0 ? 1 : 0);
