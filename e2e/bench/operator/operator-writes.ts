import { type AuditedRequest, writes } from '../../scenarios/audit.ts';
import { operatorUser } from './operator-process.ts';

/** Writes of the operator by what they are about; leases are left out, Events are counted apart as the peers' are. */
export interface OperatorWrites {
  /** On objects it renders. */
  readonly children: readonly AuditedRequest[];
  readonly status: number;
  /** On stacks themselves: the finalizer. */
  readonly stacks: number;
  /** Annotations that make a kubelet look now. */
  readonly pods: number;
  readonly events: number;
  /** All but the events. */
  readonly total: number;
}

/** Sorts what the audit log tells; a refused write counts too. */
export function operatorWrites(requests: readonly AuditedRequest[]): OperatorWrites {
  const all = writes(requests).filter(({ user }) => user === operatorUser);
  const about = (resource: string): number => all.filter((request) => request.resource === resource).length;
  const children = all.filter(({ resource }) => !notChildren.has(resource));
  const events = about('events');
  return {
    children,
    status: about('observabilitystacks/status'),
    stacks: about('observabilitystacks'),
    pods: about('pods'),
    events,
    total: all.length - events,
  };
}

const notChildren = new Set(['observabilitystacks', 'observabilitystacks/status', 'pods', 'events']);

/** `37 children + 1 finalizer + 3 status, 2 events` */
export function textOfWrites({ children, status, stacks, pods, events }: OperatorWrites): string {
  const parts = [
    `${children.length} children`,
    ...(stacks > 0 ? [`${stacks} finalizer`] : []),
    ...(pods > 0 ? [`${pods} pod annotations`] : []),
    `${status} status`,
  ];
  return `${parts.join(' + ')}${events > 0 ? `, ${events} events` : ''}`;
}
