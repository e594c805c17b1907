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
if (process.argv[2] === 'down') await (canKind ? kindDown() : downNode());
else if (canKind) await up(await kindGround(say));
else {
  say(`no kind cluster (missing: ${missing.join(', ')}), so a node of our own`);
  await up(await nodeGround(say));
}
