/** What the agent of one node says of itself. */
export interface AgentSeen {
  readonly node: string;
  readonly state:
    'Attached' | 'UnsupportedKernel' | 'VerifierRejected' | 'PermissionDenied' | 'ConfigRefused' | 'Waiting';
  /** Why it is not attached, or not as the spec asks; holds nothing that moves by itself. */
  readonly message: string;
  /** Whether it follows any process. */
  readonly follows: boolean;
}

interface Readiness {
  readonly ready?: boolean;
  readonly reason?: string;
  readonly message?: string;
  readonly targets?: number;
  /** Why the configuration on its disk is not the one in force. */
  readonly configProblems?: readonly { readonly path: string; readonly reason: string }[];
}

const lasting = ['UnsupportedKernel', 'VerifierRejected', 'PermissionDenied'] as const;

const configFix = 'look at spec.images.overrides.agent, which may be of another version, and at spec.overrides';

/** Reads the answer of an agent's /readyz; text that is no such answer is waiting, too. */
export function readAgent(node: string, body: string): AgentSeen {
  const { ready, reason = '', message = '', targets = 0, configProblems = [] } = parsed(body);
  const state = lasting.find((each) => each === reason) ?? 'Waiting';
  const [problem, ...others] = configProblems;
  if (problem !== undefined && state === 'Waiting') {
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    const told = `it refused its configuration: ${problem.path} ${problem.reason}${more}; ${configFix}`;
    return { node, state: 'ConfigRefused', message: told, follows: targets > 0 };
  }
  if (ready === true) return { node, state: 'Attached', message: '', follows: targets > 0 };
  return { node, state, message: message === '' ? 'its answer cannot be read' : message, follows: false };
}

export function silentAgent(node: string): AgentSeen {
  return { node, state: 'Waiting', message: 'it does not answer', follows: false };
}

function parsed(body: string): Readiness {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null) return {};
    const { configProblems, ...rest } = value as Readiness;
    return Array.isArray(configProblems) ? { ...rest, configProblems } : rest;
  } catch {
    return {};
  }
}
