import { parseDuration } from '../../lib/duration.ts';
import { string } from './fields.ts';
import type { Schema } from './schema.ts';

// Digits are bounded so that no sum of them leaves the 292 years a duration can hold in CEL.
const form = '^([0-9]{1,4}d|([0-9]{1,6}(us|ms|s|m|h))+)$';
const asDuration =
  "(self.endsWith('d') ? duration(string(int(self.substring(0, self.size() - 1)) * 24) + 'h') : duration(self))";

/** A duration between two others: whole numbers with Go's units (`1h30m`), or whole days (`30d`). */
export function duration({ min, max }: { min: string; max: string }): Schema<string> {
  const [low, high] = [parseDuration(min)!, parseDuration(max)!];
  const pattern = new RegExp(form);
  return string({ min: 2, max: 16 })
    .example(min, max)
    .rule({
      cel: `self.matches(${JSON.stringify(form)})`,
      reason: 'is not a duration',
      fix: `write whole numbers with a unit (us, ms, s, m, h) or whole days, such as ${max}`,
      holds: (self) => pattern.test(self),
    })
    .rule({
      cel: `!self.matches(${JSON.stringify(form)}) || (${asDuration} >= duration('${goText(low)}') && ${asDuration} <= duration('${goText(high)}'))`,
      reason: 'is out of bounds',
      fix: `write a duration from ${min} to ${max}`,
      holds: (self) => !pattern.test(self) || (parseDuration(self)! >= low && parseDuration(self)! <= high),
    });
}

function goText(ms: number): string {
  return `${ms}ms`;
}
