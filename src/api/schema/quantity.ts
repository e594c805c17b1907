import { parseQuantity } from '../../lib/quantity.ts';
import type { Node } from './node.ts';
import { Schema } from './schema.ts';

const form = '^[0-9]+(\\.[0-9]{1,3})?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$';
const pattern = new RegExp(form);

/**
 * A Kubernetes quantity between two others, written as text or as a whole number; after parsing always text.
 * `like` is one a user could want.
 */
export function quantity({ min, max, like }: { min: string; max: string; like: string }): Schema<string> {
  const [low, high] = [parseQuantity(min)!, parseQuantity(max)!];
  const node = {
    kind: 'quantity',
    description: '',
    presence: 'required',
    examples: [like, min, max],
    rules: [],
    checks: [],
  };
  const amount = 'quantity(string(self))';
  return new Schema<string>(node as Node).rule({
    cel:
      `string(self).matches(${JSON.stringify(form)})` +
      ` && ${amount}.compareTo(quantity('${min}')) >= 0 && ${amount}.compareTo(quantity('${max}')) <= 0`,
    reason: `is no quantity from ${min} to ${max}`,
    fix: `write digits and a Kubernetes unit, such as ${like}`,
    holds: (self) => pattern.test(self) && parseQuantity(self)! >= low && parseQuantity(self)! <= high,
  });
}

/** CEL that is true if quantity `left` is at least `right` (both CEL expressions); text that is none is another rule's business. */
export function atLeast(left: string, right: string): string {
  const [more, less] = [`string(${left})`, `string(${right})`];
  return `(!isQuantity(${more}) || !isQuantity(${less}) || quantity(${more}).compareTo(quantity(${less})) >= 0)`;
}

/** The same as `atLeast` for written quantities. */
export function isAtLeast(left: string, right: string): boolean {
  const [more, less] = [parseQuantity(left), parseQuantity(right)];
  return more === undefined || less === undefined || more >= less;
}
