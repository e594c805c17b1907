import { systemClock } from '../../../src/lib/clock.ts';
import { operatorWrites, textOfWrites } from './operator-writes.ts';
import type { Part } from './part.ts';

/** Longer than the first canaries of a new process take. */
const watchMs = 60_000;

/** The operator is ended and started again, with nothing changed. */
export const restart: Part = {
  name: 'restart',
  stacks: 100,
  async measure({ ground, refs }, say) {
    const heard = await ground.listen();
    const before = Date.now();
    await ground.restartOperator();
    say(`restart with ${refs.length} stacks: leads again after ${((Date.now() - before) / 1000).toFixed(1)} s`);
    await systemClock.sleep(watchMs);
    const seen = operatorWrites(await heard());
    const { rss, peak } = ground.operator().memory();
    say(`restart: RSS ${Math.round(rss / 1e6)} MB after a minute, at most ${Math.round(peak / 1e6)} MB`);
    return {
      'restart-writes': `${seen.total + seen.events} writes${seen.total > 0 ? ` (${textOfWrites(seen)})` : ''}`,
    };
  },
};
