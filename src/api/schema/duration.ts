import { parseDuration } from '../../lib/duration.ts';
import { string } from './fields.ts';
import type { Schema } from './schema.ts';

// Digits are bounded so that no sum of them leaves the 292 years a duration can hold in CEL.
const form = '^([0-9]{1,4}d|([0-9]{1,6}(us|ms|s|m|h))+)$';
const pattern = new RegExp(form);

/**
 * A duration between two others: whole numbers with Go's units (`1h30m`), or whole days (`30d`).
 * `like` is one a user could want.
 */
export function duration({ min, max, like }: { min: string; max: string; like: string }): Schema<string> {
  const [low, high] = [parseDuration(min)!, parseDuration(max)!];
  // CEL has no days: 30d is read as 30h and held against a 24th of the bounds, which keeps its estimated cost bounded.
  const within = (value: string, part: number) =>
    `duration(${value}) >= duration('${low / part}ms') && duration(${value}) <= duration('${high / part}ms')`;
  return string({ min: 2, max: 16 })
    .example(like, min, max)
    .rule({
      cel: `self.matches('${form}') && (self.endsWith('d') ? ${within("self.replace('d', 'h')", 24)} : ${within('self', 1)})`,
      reason: `is no duration from ${min} to ${max}`,
      fix: `write whole numbers with a unit (us, ms, s, m, h) or whole days, such as ${like}`,
      holds: (self) => pattern.test(self) && parseDuration(self)! >= low && parseDuration(self)! <= high,
    });
}
