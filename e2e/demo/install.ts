import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { mergePatch } from '../../src/lib/merge-patch.ts';
import type { Progress } from '../cluster/progress.ts';
import { installChart, operatorNamespace } from './chart.ts';
import { type Condition, untilReady } from './conditions.ts';
import type { Ground } from './ground.ts';

const examples = join(import.meta.dirname, '../../examples');
const deployment = ['deployment/ostack', `--namespace=${operatorNamespace}`];

/** Installs the operator, `examples/dev.yaml` and `examples/shop`, and waits for Ready; the stack's conditions then. */
export async function installDemo(ground: Ground, say: Progress): Promise<readonly Condition[]> {
  const { repository, tag } = ground.operatorImage;
  const imageNow = '-o=jsonpath={.spec.template.spec.containers[0].image}';
  const before = await ground.kubectl(['get', ...deployment, '--ignore-not-found', imageNow]);
  await installChart(ground.helm, { 'image.repository': repository, 'image.tag': tag });
  if (before === `${repository}:${tag}` && !ground.tagsFollowContent) {
    // The tag may name another image than the last time; a new pod takes the one that is there now.
    await ground.kubectl(['rollout', 'restart', ...deployment]);
    await ground.kubectl(['rollout', 'status', ...deployment, '--timeout=180s']);
  }
  say('operator and resource definition installed (helm, charts/ostack)');

  const example = parse(await readFile(join(examples, 'dev.yaml'), 'utf8'));
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'observability' } };
  const stack = mergePatch(example, ground.stackPatch);
  for (const resource of [namespace, stack]) {
    await ground.kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify(resource));
  }
  const shop = await readFile(join(examples, 'shop/shop.yaml'), 'utf8');
  await ground.kubectl(['apply', '-f', '-'], shop.replaceAll('ghcr.io/ostack/shop:0.1.0', ground.shopImage));
  say('examples/dev.yaml and examples/shop applied; waiting for Ready=True, which is a canary read back');
  const conditions = await untilReady(ground, say);
  say('Ready=True');
  return conditions;
}
