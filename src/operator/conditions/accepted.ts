import type { Check } from './verdict.ts';

/** Whether the spec makes sense. What runs keeps running while it does not. */
export const accepted: Check = (seen) => {
  const [first, ...rest] = seen.problems;
  if (first) {
    const more = rest.length === 0 ? '' : ` (and ${rest.length} more: ${rest.map((p) => p.path).join(', ')})`;
    const message = `${first.path}: ${first.reason}; ${first.fix}${more}`;
    return { status: 'False', reason: 'InvalidSpec', message: clip(message) };
  }
  if (seen.unplanned !== undefined) {
    const message = `no object can be planned from it: ${seen.unplanned}; what runs keeps running, and it is tried again`;
    return { status: 'False', reason: 'PlanFailed', message: clip(message) };
  }
  if (seen.managementState === 'Paused') {
    return { status: 'True', reason: 'Paused', message: 'valid; not applied while spec.managementState is Paused' };
  }
  if (seen.managementState === 'Unmanaged') {
    return {
      status: 'True',
      reason: 'Unmanaged',
      message: 'valid; not applied while spec.managementState is Unmanaged',
    };
  }
  if (seen.unknownFields.length > 0) {
    const message = `valid, but this operator is older than the resource and does nothing with ${seen.unknownFields.join(', ')}; upgrade the operator`;
    return { status: 'True', reason: 'UnknownFields', message: clip(message) };
  }
  return { status: 'True', reason: 'Valid', message: 'the spec is valid' };
};

// The schema of a condition allows 32,768 characters; a person reads a thousand.
const clip = (text: string): string => (text.length <= 1000 ? text : `${text.slice(0, 999)}…`);
