import { parseQuantity } from '../../lib/quantity.ts';
import type { Node } from './node.ts';
import { Schema } from './schema.ts';

const form = '^[0-9]+([.][0-9]{1,3})?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$';
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
      isFormed('self') +
      ` && ${amount}.compareTo(quantity('${min}')) >= 0 && ${amount}.compareTo(quantity('${max}')) <= 0`,
    reason: `is no quantity from ${min} to ${max}`,
    fix: `write digits and a Kubernetes unit, such as ${like}`,
    holds: (self) => pattern.test(self) && parseQuantity(self)! >= low && parseQuantity(self)! <= high,
  });
}

/** CEL that is true if a field has the form of a quantity. `isQuantity` would take a lone unit for zero. */
export function isFormed(value: string): string {
  return `string(${value}).matches('${form}')`;
}

/** CEL that is true if the quantity in the text `left` is at least that in `right`; both have to be of the form above. */
export function atLeast(left: string, right: string): string {
  return `quantity(${left}).compareTo(quantity(${right})) >= 0`;
}

/** True if `left` is at least `right`; text of another form is another rule's business. */
export function isAtLeast(left: string, right: string): boolean {
  return !pattern.test(left) || !pattern.test(right) || parseQuantity(left)! >= parseQuantity(right)!;
}
