import { isDeepStrictEqual } from 'node:util';
import { parseStack } from '../../../src/api/index.ts';
import { offlineFacts } from '../../../src/cli/offline-facts.ts';
import { type Live, textOf } from '../../../src/kube/index.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { type KubeObject, plan } from '../../../src/stack/index.ts';
import { operatorWrites, textOfWrites } from './operator-writes.ts';
import type { Part } from './part.ts';
import { specEdits } from './spec-edits.ts';

/** What one edit of a spec costs in writes, against the number of objects it renders otherwise. */
export const change: Part = {
  name: 'change',
  stacks: 1,
  async measure({ ground, refs: [ref] }, say) {
    const seen: string[] = [];
    for (const { name, spec } of specEdits) {
      const before = renderedOf(ground.stacks.read(ref!)!);
      const heard = await ground.listen();
      const { metadata } = ground.stacks.read(ref!)!;
      await ground.stacks.edit(ref!, spec(50));
      await ground.stacks.changed(ref!, metadata.generation ?? 0);
      await ground.stacks.ready([ref!], 60_000);
      await systemClock.sleep(5000);
      const counted = operatorWrites(await heard());
      const needed = differing(before, renderedOf(ground.stacks.read(ref!)!));
      say(`change of ${name}: ${textOfWrites(counted)}; ${needed} children render otherwise`);
      seen.push(
        `${counted.total} (${needed} + ${counted.status} status${counted.pods > 0 ? ` + ${counted.pods} pods told` : ''})`,
      );
      if (counted.children.length !== needed)
        say(`change of ${name}: ${counted.children.length} writes for ${needed} children`);
    }
    return { 'change-writes': seen.join('; ') };
  },
};

function renderedOf(live: Live): ReadonlyMap<string, KubeObject> {
  const parsed = parseStack(live);
  if (!parsed.ok) throw new Error(`could not measure: ${JSON.stringify(parsed.problems)}`);
  const objects = plan(parsed.value, offlineFacts()).components.flatMap((component) => component.objects);
  return new Map(objects.map((object) => [textOf({ ...object, ...object.metadata }), object]));
}

function differing(before: ReadonlyMap<string, KubeObject>, after: ReadonlyMap<string, KubeObject>): number {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => !isDeepStrictEqual(before.get(name), after.get(name))).length;
}
