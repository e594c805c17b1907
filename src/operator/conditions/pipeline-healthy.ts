import type { Check } from './verdict.ts';

/** Whether a canary of each signal came out where it should. */
export const pipelineHealthy: Check = (seen) => {
  if (seen.managementState === 'Unmanaged') {
    return { status: 'Unknown', reason: 'Unmanaged', message: 'ostack does not look after this stack' };
  }
  const tested = seen.pipelines.filter((p) => p.state !== 'Disabled');
  if (tested.length === 0)
    return { status: 'False', reason: 'Disabled', message: 'no signal has a backend in this stack' };
  const lost = tested.filter((p) => p.state === 'Broken');
  if (lost.length > 0) {
    const message = lost.map((p) => `${p.signal} get lost at ${p.hop}`).join('; ');
    return { status: 'False', reason: 'SignalLost', message };
  }
  const waiting = tested.filter((p) => p.state === 'Unknown');
  if (waiting.length > 0) {
    const message = `waiting for the first canary of ${waiting.map((p) => p.signal).join(', ')}`;
    return { status: 'Unknown', reason: 'Verifying', message };
  }
  const message = `canaries of ${tested.map((p) => p.signal).join(', ')} come out where they should`;
  return { status: 'True', reason: 'Flowing', message };
};
