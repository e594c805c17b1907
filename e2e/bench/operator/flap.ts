import { systemClock } from '../../../src/lib/clock.ts';
import { operatorWrites, textOfWrites } from './operator-writes.ts';
import type { Part } from './part.ts';

const cycles = 10;
const holdMs = 3000;

/** One pod of one component turns unready and ready again; both its own status and that of its StatefulSet move. */
export const flap: Part = {
  name: 'flap',
  stacks: 1,
  async measure({ ground, refs: [ref] }, say) {
    const turn = async (unready: boolean, forMs: number): Promise<void> => {
      const { controllers } = ground;
      controllers.unready[unready ? 'add' : 'delete'](`${ref!.namespace}/demo-loki`);
      controllers.touch('demo-loki', ref!.namespace);
      await systemClock.sleep(forMs);
    };
    const count = async (forMs: number): Promise<ReturnType<typeof operatorWrites>> => {
      const heard = await ground.listen();
      for (let n = 0; n < cycles; n += 1) {
        await turn(true, forMs);
        await turn(false, forMs);
      }
      await systemClock.sleep(holdMs);
      return operatorWrites(await heard());
    };
    const slow = await count(holdMs);
    const fast = await count(100);
    say(`flap, ${2 * cycles} turns of ${holdMs / 1000} s: ${textOfWrites(slow)}; of 0.1 s: ${textOfWrites(fast)}`);
    const children = slow.children.length + fast.children.length;
    const told = (slow.status / (2 * cycles)).toFixed(1);
    return {
      'flap-writes': `${told} status a transition, ${fast.status} for ${2 * cycles} turns of 0.1 s; ${children} children`,
    };
  },
};
