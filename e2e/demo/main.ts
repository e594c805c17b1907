// `make demo` and `make demo-down`: from a fresh clone to Ready=True, then a tour of what there is to see.
import { downNode } from '../cluster/node.ts';
import { tableOf } from './conditions.ts';
import type { Ground } from './ground.ts';
import { installDemo } from './install.ts';
import { missingForKind } from './kind-cluster.ts';
import { kindDown, kindGround } from './kind-ground.ts';
import { nodeGround } from './node-ground.ts';

const started = Date.now();
const say = (text: string): void =>
  console.log(`[${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s] ${text}`);

async function up(ground: Ground): Promise<void> {
  say(`on the ${ground.title}`);
  const conditions = await installDemo(ground, say);
  console.log(`\n${tableOf(conditions)}`);
  await ground.tour('observability', 'demo');
  console.log(`\nGrafana: ${ground.grafana}`);
  say('done; `make demo-down` removes it');
}

const missing = await missingForKind();
const canKind = missing.length === 0;
const canNode = process.platform === 'linux' && process.getuid?.() === 0;
if (!canKind && !canNode) {
  console.error(
    `the demo needs a Docker engine, kind, kubectl and Helm (missing: ${missing.join(', ')}), or root on Debian`,
  );
  process.exit(1);
}
async function run(): Promise<void> {
  if (process.argv[2] === 'down') return canKind ? kindDown() : downNode();
  if (canKind) return up(await kindGround(say));
  say(`no kind cluster (missing: ${missing.join(', ')}), so a node of our own`);
  return up(await nodeGround(say));
}

await run().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
