// `make e2e-kind`: the scenarios that need only a cluster, on kind with the images other projects publish.
import { jest, type Outcome } from '../check.ts';
import { timedProgress } from '../cluster/progress.ts';
import { installDemo } from '../demo/install.ts';
import { kindContext, loadImage, missingForKind } from '../demo/kind-cluster.ts';
import { kindGround } from '../demo/kind-ground.ts';

/** The rest read the audit log, or break what is below the cluster. */
const scenarios = ['create', 'bad-input', 'drift', 'delete'] as const;
const progress = timedProgress();

const missing = await missingForKind();
if (missing.length > 0) throw new Error(`this machine has no ${missing.join(', no ')}`);
// Ready once by itself: pulling images is not what the scenarios time.
await installDemo(await kindGround(progress), progress);
for (const name of ['ostack', 'shop']) await loadImage(`ostack.test/${name}:dev`);

const outcomes: Outcome[] = [];
for (const name of scenarios) {
  const args = ['--runInBand', '--verbose', '--forceExit', '--ci', `--testMatch=**/e2e/scenarios/${name}.scenario.ts`];
  const running = { label: name, env: { OSTACK_CONTEXT: kindContext }, signal: new AbortController().signal };
  outcomes.push(await jest(args, [], running));
}
for (const failure of outcomes.flatMap(({ failures }) => failures)) console.log(`\n✕ ${failure}`);
const sum = (field: 'passed' | 'failed'): number => outcomes.reduce((total, outcome) => total + outcome[field], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exit(sum('failed') > 0 ? 1 : 0);
