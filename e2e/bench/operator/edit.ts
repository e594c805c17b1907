import { systemClock } from '../../../src/lib/clock.ts';
import { operatorWrites } from './operator-writes.ts';
import type { Part } from './part.ts';
import { spread } from './quantile.ts';
import { specEdits } from './spec-edits.ts';

const rounds = 12;
/** Between two edits: longer than the pace of status writes, so that each edit finds a stack at rest. */
const pauseMs = 1200;

/** From the end of a person's edit to the beginning of the operator's first write on a child, as the server saw both. */
export const edit: Part = {
  name: 'edit',
  stacks: 1,
  async measure({ ground, refs: [ref] }, say) {
    const delays = new Map<string, number[]>(specEdits.map(({ name }) => [name, []]));
    for (let n = 0; n < rounds; n += 1) {
      for (const { name, spec } of specEdits) {
        const heard = await ground.listen();
        const { metadata } = ground.stacks.read(ref!)!;
        await ground.stacks.edit(ref!, spec(n % 2));
        await ground.stacks.changed(ref!, metadata.generation ?? 0);
        await systemClock.sleep(pauseMs);
        const requests = await heard();
        const edited = requests.find(({ user, resource }) => user === 'person' && resource === 'observabilitystacks');
        const first = Math.min(...operatorWrites(requests).children.map(({ receivedAt }) => receivedAt));
        if (edited === undefined || !Number.isFinite(first))
          throw new Error(`could not measure: no child was written after the edit of ${name}`);
        delays.get(name)!.push(first - edited.doneAt);
      }
    }
    for (const [name, sample] of delays) say(`edit of ${name}: ${spread(sample)}`);
    return { 'edit-time': spread([...delays.values()].flat()) };
  },
};
