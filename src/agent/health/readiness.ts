import type { Feature, Tier } from '../bpf/contract.ts';
import type { ConfigProblem } from '../config/index.ts';

/** What /readyz says. A node that cannot be instrumented says which feature is missing and what it needs. */
export interface Readiness {
  readonly ready: boolean;
  /** One word for a condition: Ready, UnsupportedKernel, VerifierRejected, PermissionDenied, NotStarted, PodsUnknown, Starting. */
  readonly reason: string;
  readonly message: string;
  readonly tier?: Tier;
  readonly missing: readonly Feature[];
  readonly targets: number;
  /** Step of the self-protection, `normal` if it does not interfere. */
  readonly protection: string;
  /** Why the configuration file on disk is not the one in force; empty if it is. */
  readonly configProblems: readonly ConfigProblem[];
}
