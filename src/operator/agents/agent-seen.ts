/** What the agent of one node says of itself. */
export interface AgentSeen {
  readonly node: string;
  readonly state: 'Attached' | 'UnsupportedKernel' | 'VerifierRejected' | 'PermissionDenied' | 'Waiting';
  /** Why it is not attached; holds nothing that moves by itself. */
  readonly message: string;
  /** Whether it follows any process. */
  readonly follows: boolean;
}

interface Readiness {
  readonly ready?: boolean;
  readonly reason?: string;
  readonly message?: string;
  readonly targets?: number;
}

const lasting = ['UnsupportedKernel', 'VerifierRejected', 'PermissionDenied'] as const;

/** Reads the answer of an agent's /readyz; text that is no such answer is waiting, too. */
export function readAgent(node: string, body: string): AgentSeen {
  const { ready, reason = '', message = '', targets = 0 } = parsed(body);
  if (ready === true) return { node, state: 'Attached', message: '', follows: targets > 0 };
  const state = lasting.find((each) => each === reason) ?? 'Waiting';
  return { node, state, message: message === '' ? 'its answer cannot be read' : message, follows: false };
}

export function silentAgent(node: string): AgentSeen {
  return { node, state: 'Waiting', message: 'it does not answer', follows: false };
}

function parsed(body: string): Readiness {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
