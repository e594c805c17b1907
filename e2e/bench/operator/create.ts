import type { AuditedRequest } from '../../scenarios/audit.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { operatorWrites, textOfWrites } from './operator-writes.ts';
import { type Part, plainSpec } from './part.ts';
import { quantile } from './quantile.ts';

const times = 7;

/** One stack after the other: what each costs in writes, and how soon its last child is there. */
export const create: Part = {
  name: 'create',
  stacks: 1,
  async measure({ ground }, say) {
    const tookMs: number[] = [];
    const texts = new Set<string>();
    for (let n = 0; n < times; n += 1) {
      const heard = await ground.listen();
      const { refs } = await ground.stacks.create(1, plainSpec);
      await ground.stacks.ready(refs, 60_000);
      await systemClock.sleep(3000);
      const requests = await heard();
      const seen = operatorWrites(requests);
      texts.add(`${seen.total}: ${textOfWrites(seen)}`);
      tookMs.push(Math.max(...seen.children.map(({ doneAt }) => doneAt)) - creationOf(requests));
    }
    say(`create: last child after ${tookMs.join(', ')} ms`);
    return {
      'create-writes': [...texts].join(' or '),
      'create-time': `${(quantile(tookMs, 0.5) / 1000).toFixed(2)} s (p50 of ${times})`,
    };
  },
};

function creationOf(requests: readonly AuditedRequest[]): number {
  const found = requests.find(({ verb, resource }) => verb === 'create' && resource === 'observabilitystacks');
  if (found === undefined) throw new Error('could not measure: the audit log does not show the stack created');
  return found.doneAt;
}
