import type { Problem, Spec } from '../../api/index.ts';
import type { ComponentName } from '../../stack/index.ts';
import type { AgentSeen } from '../agents/agent-seen.ts';

/** Everything the conditions are decided from; a value, so that a verdict can be repeated on a desk. */
export interface Observation {
  readonly generation: number;
  readonly managementState: Spec['managementState'];
  /** What is wrong with the spec, from parsing and from planning. */
  readonly problems: readonly Problem[];
  /** Why no plan could be made of a spec that parses: what it refers to cannot be read, or the operator is at fault. */
  readonly unplanned: string | undefined;
  /** Paths of the spec that only a newer operator understands. */
  readonly unknownFields: readonly string[];
  /** Objects the API server does not take, for good or for a while. */
  readonly refusals: readonly Refusal[];
  readonly components: readonly ComponentSeen[];
  readonly claims: readonly ClaimSeen[];
  readonly pipelines: readonly PipelineSeen[];
  /** What the agents that could be asked say. */
  readonly agents: readonly AgentSeen[];
}

export interface Refusal {
  /** `StatefulSet demo-tempo` */
  readonly object: string;
  readonly component: ComponentName | undefined;
  readonly reason: 'ApplyRefused' | 'ApplyFailed' | 'Forbidden' | 'NameTaken';
  readonly message: string;
}

export interface ComponentSeen {
  readonly name: ComponentName;
  readonly enabled: boolean;
  readonly workloads: readonly WorkloadSeen[];
  /** The worst thing that stops one of its pods, if any. */
  readonly trouble: Trouble | undefined;
}

export interface WorkloadSeen {
  readonly kind: string;
  readonly name: string;
  readonly exists: boolean;
  /** Whether its controller has seen the newest generation; the counts mean nothing before. */
  readonly observed: boolean;
  readonly desired: number;
  readonly ready: number;
  /** Pods of the newest template. */
  readonly updated: number;
  /** All pods, those of older templates included. */
  readonly total: number;
  /** Why its controller cannot create pods or gave up waiting for them, in its own words. */
  readonly hindrance: { readonly reason: 'PodSecurity' | 'NoPods' | 'Unready'; readonly message: string } | undefined;
}

export interface Trouble {
  readonly reason: 'ImagePullFailed' | 'CrashLooping' | 'StartFailed' | 'Unschedulable';
  readonly message: string;
}

export interface ClaimSeen {
  readonly name: string;
  readonly component: ComponentName;
  /** `Missing` until the StatefulSet's controller has made it. */
  readonly phase: 'Missing' | 'Pending' | 'Bound' | 'Lost';
  readonly storageClass: string;
  /** The size it is on its way to; empty unless it is to be larger than it is. */
  readonly growsTo: string;
  /** What a pending claim waits for, in words; empty where that is not known. */
  readonly waitsFor: string;
}

export type Signal = 'traces' | 'metrics' | 'logs';

export interface PipelineSeen {
  readonly signal: Signal;
  readonly state: 'Healthy' | 'Broken' | 'Unknown' | 'Disabled';
  /** Where a broken signal goes missing, `alloy-sampler → tempo`; empty otherwise. */
  readonly hop: string;
}
