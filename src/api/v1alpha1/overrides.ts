import { free, keyed, object, word } from '../schema/index.ts';
import { ownedFields } from './checks.ts';
import { objectName } from './names.ts';

/** Last-resort patches; each one is shown in status. */
export const overrides = keyed(
  ['kind', 'name'],
  object({
    kind: word(
      'ServiceAccount',
      'ConfigMap',
      'Secret',
      'Service',
      'Deployment',
      'StatefulSet',
      'DaemonSet',
      'PodDisruptionBudget',
      'NetworkPolicy',
      'ClusterRole',
      'ClusterRoleBinding',
      'Role',
      'RoleBinding',
    ).describe('Kind of the object.'),
    name: objectName('object of the stack').describe('Name of the object, such as demo-tempo.'),
    patch: free({ max: 64 })
      .example({ spec: { template: { spec: { priorityClassName: 'system-cluster-critical' } } } })
      .check(ownedFields)
      .rule({
        cel: 'self.size() > 0',
        reason: 'is empty',
        fix: 'write the fields to change, or leave the override out',
        holds: (self) => Object.keys(self).length > 0,
      })
      .describe('JSON merge patch (RFC 7386) over the object as we would write it.'),
  }).describe('One patch.'),
  { max: 64 },
)
  .default([])
  .describe('Last-resort patches of single objects; status.effective lists those applied.');
