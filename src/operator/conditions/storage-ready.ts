import type { Check } from './verdict.ts';

/** Whether every volume of an enabled component is bound. */
export const storageReady: Check = (seen) => {
  if (seen.managementState === 'Unmanaged') {
    return { status: 'Unknown', reason: 'Unmanaged', message: 'ostack does not look after this stack' };
  }
  if (seen.claims.length === 0) {
    return { status: 'False', reason: 'Disabled', message: 'no component of this stack has a volume' };
  }
  const lost = seen.claims.find((c) => c.phase === 'Lost');
  if (lost) return { status: 'False', reason: 'VolumeLost', message: `the volume behind claim ${lost.name} is gone` };
  const waiting = seen.claims.filter((c) => c.phase !== 'Bound');
  if (waiting.length > 0) {
    const message = waiting
      .map((c) => `claim ${c.name} is ${c.phase.toLowerCase()}${classOf(c.storageClass)}${reasonOf(c.waitsFor)}`)
      .join('; ');
    return { status: 'False', reason: 'VolumePending', message };
  }
  const growing = seen.claims.filter((c) => c.growsTo !== '').map((c) => `; claim ${c.name} grows to ${c.growsTo}`);
  return { status: 'True', reason: 'Bound', message: `every volume is bound${growing.join('')}` };
};

const classOf = (storageClass: string): string => (storageClass === '' ? '' : ` (storage class ${storageClass})`);
const reasonOf = (waitsFor: string): string => (waitsFor === '' ? '' : `: ${waitsFor}`);
