import type { Discovery, LabelSelector } from '../config/index.ts';
import { matchesGlob } from './glob.ts';
import { annotation, type Pod } from './pod.ts';
import type { ProcessInfo } from './process-info.ts';

/** Whether a process is looked at, and if not, why (the reason is a metric label). */
export type Selection = { readonly selected: true } | { readonly selected: false; readonly reason: SkipReason };
export type SkipReason =
  | 'agent'
  | 'not-in-a-pod'
  | 'pod-unknown'
  | 'annotation'
  | 'namespace'
  | 'pod-selector'
  | 'not-matched'
  | 'reports-itself';

export interface Candidate {
  readonly process: ProcessInfo;
  readonly pod?: Pod;
  /** The process or one of its ancestors is named in `discovery.pids`. */
  readonly named: boolean;
  /** The process listens on one of `discovery.ports`. */
  readonly onPort: boolean;
  /** The process was seen with a connection to an OTLP receiver. */
  readonly sendsOtlp: boolean;
}

/**
 * In a cluster (`inCluster`) a process must be in a pod that the rules take, and ports or executables, if there are any,
 * narrow that down. Without one, nothing is taken but what a pid, a port or an executable names.
 * An excluded namespace is final; the annotation `ostack.io/instrument` decides over everything else.
 * A process that reports by itself is skipped by default: collectors count its spans too, so each request would be
 * there twice. The reason is counted, and `reportingThemselves: Instrument` or the annotation takes it nonetheless.
 */
export function select(candidate: Candidate, discovery: Discovery, inCluster: boolean): Selection {
  const { process, pod, named, onPort } = candidate;
  const matched = onPort || discovery.executables.some((glob) => matchesGlob(glob, process.executable));
  if (!inCluster) return named || matched ? unlessReporting(candidate, discovery) : skip('not-matched');
  if (!process.container) return skip('not-in-a-pod');
  if (!pod) return skip('pod-unknown');
  if (!takesNamespace(discovery, pod.namespace)) return skip('namespace');
  const wish = pod.annotations[annotation.instrument];
  if (wish === 'false') return skip('annotation');
  if (wish === 'true') return { selected: true };
  if (!matchesLabels(discovery.podSelector, pod.labels)) return skip('pod-selector');
  const narrowed = discovery.ports.length > 0 || discovery.executables.length > 0;
  return narrowed && !matched ? skip('not-matched') : unlessReporting(candidate, discovery);
}

/** Whether the rules make an agent count at a pod, as far as that can be told without seeing its processes. */
export function countsAt(pod: Pod, discovery: Discovery): boolean {
  const wish = pod.annotations[annotation.instrument];
  if (wish === 'false' || !takesNamespace(discovery, pod.namespace)) return false;
  if (wish === 'true') return true;
  if (pod.reports && discovery.reportingThemselves === 'Skip') return false;
  return matchesLabels(discovery.podSelector, pod.labels);
}

function takesNamespace(discovery: Discovery, namespace: string): boolean {
  const { include, exclude } = discovery.namespaces;
  if (exclude.some((glob) => matchesGlob(glob, namespace))) return false;
  return include.length === 0 || include.some((glob) => matchesGlob(glob, namespace));
}

/** Kubernetes label selector semantics: NotIn also takes what has no such label. */
export function matchesLabels(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  return (
    Object.entries(selector.matchLabels).every(([key, value]) => labels[key] === value) &&
    selector.matchExpressions.every(({ key, operator, values }) => {
      const value = labels[key];
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        case 'DoesNotExist':
          return value === undefined;
      }
    })
  );
}

function unlessReporting(candidate: Candidate, discovery: Discovery): Selection {
  const reports = candidate.sendsOtlp || candidate.process.environment.reportsItself !== undefined;
  return reports && discovery.reportingThemselves === 'Skip' ? skip('reports-itself') : { selected: true };
}

function skip(reason: SkipReason): Selection {
  return { selected: false, reason };
}
