import type { AgentSeen } from '../agents/agent-seen.ts';
import { availability } from './availability.ts';
import type { Check, Verdict } from './verdict.ts';

/** Whether an agent is attached on every node: its pods are ready, and each of them says so itself. */
export const instrumentationReady: Check = (seen) => {
  const pods = availability(seen, ['agent']);
  if (pods.reason === 'Disabled' || pods.reason === 'Unmanaged') return pods;
  const refused = seen.agents.filter(({ state }) => state !== 'Attached' && state !== 'Waiting');
  if (refused[0]) return no(refused[0].state as Verdict['reason'], refused);
  const waiting = seen.agents.filter(({ state }) => state === 'Waiting');
  // Why a running pod is not ready only the agent itself can tell.
  if (pods.reason === 'Progressing' && waiting.length > 0) return no('Progressing', waiting);
  if (pods.status !== 'True') return pods;
  if (waiting.length > 0) return no('Unready', waiting);
  const desired = seen.components.find(({ name }) => name === 'agent')?.workloads[0]?.desired ?? 0;
  if (seen.agents.length < desired) {
    return { status: 'Unknown', reason: 'Verifying', message: 'waiting for the first word of an agent' };
  }
  if (!seen.agents.some(({ follows }) => follows)) {
    const message = 'attached on every node; no process matches spec.instrumentation.discovery';
    return { status: 'True', reason: 'NoMatchingWorkloads', message };
  }
  return { status: 'True', reason: 'Attached', message: 'attached on every node' };
};

/** Names the first node in full and how many more there are: nodes of one kind say the same. */
function no(reason: Verdict['reason'], agents: readonly AgentSeen[]): Verdict {
  const [first, ...rest] = agents;
  const more =
    rest.length === 0
      ? ''
      : ` (and ${rest.length} more: ${rest
          .slice(0, 5)
          .map(({ node }) => node)
          .join(', ')})`;
  return { status: 'False', reason, message: `node ${first?.node}: ${first?.message}${more}` };
}
