// `make demo` and `make demo-down`: from a fresh clone to Ready=True, then a tour of what there is to see.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { mergePatch } from '../../src/lib/merge-patch.ts';
import { installChart, operatorNamespace } from './chart.ts';
import type { Ground } from './ground.ts';
import { downNode } from '../cluster/node.ts';
import { hasKind, kindDown, kindGround } from './kind-ground.ts';
import { nodeGround } from './node-ground.ts';

const root = join(import.meta.dirname, '../..');
const started = Date.now();
const say = (text: string): void =>
  console.log(`[${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s] ${text}`);

const deployment = ['deployment/ostack', `--namespace=${operatorNamespace}`];

async function up(ground: Ground): Promise<void> {
  say(`ground: ${ground.title}`);
  const { repository, tag } = ground.operatorImage;
  const before = await ground.kubectl(['get', ...deployment, '--ignore-not-found', '-o', 'name']);
  await installChart(ground.helm, { 'image.repository': repository, 'image.tag': tag });
  if (before !== '') {
    // The tag may name another image than the last time; a new pod takes the one that is there now.
    await ground.kubectl(['rollout', 'restart', ...deployment]);
    await ground.kubectl(['rollout', 'status', ...deployment, '--timeout=60s']);
  }
  say('operator and resource definition installed (helm, charts/ostack)');

  const example = parse(await readFile(join(root, 'examples/dev.yaml'), 'utf8'));
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'observability' } };
  const stack = mergePatch(example, ground.stackPatch);
  for (const resource of [namespace, stack]) {
    await ground.kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify(resource));
  }
  const shop = await readFile(join(root, 'examples/shop/shop.yaml'), 'utf8');
  await ground.kubectl(['apply', '-f', '-'], shop.replaceAll('ghcr.io/ostack/shop:0.1.0', ground.shopImage));
  say('examples/dev.yaml and examples/shop applied; waiting for Ready=True, which is a canary read back');

  const ready = ['wait', 'observabilitystack/demo', '-n', 'observability', '--for=condition=Ready', '--timeout=300s'];
  await ground.kubectl(ready);
  say('Ready=True\n');
  console.log(await conditionsTable(ground));
  await ground.tour('observability', 'demo');
  console.log(
    ground.withoutGrafana === undefined
      ? '\nGrafana: kubectl -n observability port-forward svc/demo-grafana 3000:3000, then http://localhost:3000'
      : `\nGrafana: ${ground.withoutGrafana}.`,
  );
  say('done; `make demo-down` removes it');
}

async function conditionsTable(ground: Ground): Promise<string> {
  const text = await ground.kubectl(['get', 'observabilitystack', 'demo', '-n', 'observability', '-o', 'json']);
  const { status } = JSON.parse(text) as {
    status: { conditions: Record<'type' | 'status' | 'reason' | 'message', string>[] };
  };
  return status.conditions
    .map(
      ({ type, status, reason, message }) => `  ${type.padEnd(20)} ${status.padEnd(7)} ${reason.padEnd(20)} ${message}`,
    )
    .join('\n');
}

const onKind = await hasKind();
if (process.argv[2] === 'down') await (onKind ? kindDown() : downNode());
else await up(onKind ? await kindGround() : await nodeGround(say));
