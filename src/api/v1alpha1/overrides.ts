import { free, keyed, object, word } from '../schema/index.ts';
import { ownedFields } from './owned-fields.ts';
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
    ).describe('Kind of the object.'),
    name: objectName('object of the stack').describe('Name of the object, such as demo-tempo.'),
    patch: free({ min: 1, max: 64 })
      .example({ spec: { template: { spec: { priorityClassName: 'system-cluster-critical' } } } })
      .check(ownedFields)
      .describe('JSON merge patch (RFC 7396) over the object as we would write it.'),
  }).describe('One patch.'),
  { max: 64 },
)
  .default([])
  .describe('Last-resort patches of single objects; status.effective lists those applied.');
