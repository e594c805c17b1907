import { branch, integer, list, map, object, text, word } from '../schema/index.ts';
import { labelKeys } from './labels.ts';

/** The value of a label or taint. */
export const labelValue = (what: string) =>
  text({
    max: 63,
    form: '^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$',
    what,
    fix: 'write at most 63 letters, digits, "-", "_" and ".", starting and ending with a letter or digit',
  });

/** The key of a label or taint: a name, or prefix/name. */
export const labelKey = (what: string) =>
  text({
    min: 1,
    max: 317,
    form: '^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$',
    what,
    fix: 'write name or prefix/name, such as node-role.kubernetes.io/control-plane',
  });

const toleration = object({
  key: labelKey('a taint key')
    .optional()
    .example('dedicated', 'node-role.kubernetes.io/control-plane')
    .describe('Key of the taint; empty with operator Exists tolerates every taint.'),
  operator: word('Exists', 'Equal').optional().describe('How the value is compared; Equal if empty.'),
  value: labelValue('a taint value').optional().example('observability').describe('Value of the taint for Equal.'),
  effect: word('NoSchedule', 'PreferNoSchedule', 'NoExecute').optional().describe('Effect of the taint; all if empty.'),
  tolerationSeconds: integer({ min: 0, max: 31_536_000 })
    .optional()
    .describe('How long a NoExecute taint is tolerated; for ever if empty.'),
})
  .describe('One toleration, as in a pod.')
  .rule({
    cel: "has(self.key) || (has(self.operator) && self.operator == 'Exists')",
    reason: 'has no key',
    fix: 'write a key, or operator Exists to tolerate every taint',
    holds: (self) => self.key !== undefined || self.operator === 'Exists',
  })
  .rule({
    cel: "!has(self.operator) || self.operator != 'Exists' || !has(self.value) || self.value == ''",
    reason: 'has a value that operator Exists does not compare',
    fix: 'leave the value out, or write operator Equal',
    at: '.value',
    holds: (self) => self.operator !== 'Exists' || self.value === undefined || self.value === '',
  })
  .rule({
    cel: "!has(self.tolerationSeconds) || (has(self.effect) && self.effect == 'NoExecute')",
    reason: 'only counts for the effect NoExecute',
    fix: 'write effect NoExecute, or leave tolerationSeconds out',
    at: '.tolerationSeconds',
    holds: (self) => self.tolerationSeconds === undefined || self.effect === 'NoExecute',
  });

export const scheduling = branch({
  nodeSelector: map(labelValue('a label value').example('linux', 'observability').describe('Value of the label.'), {
    max: 32,
  })
    .default({})
    .check(labelKeys)
    .describe(
      'Labels of the nodes the backends, samplers and Grafana run on. Collectors and agents run on every node, since applications reach only the collector of their own.',
    ),
  tolerations: list(toleration, { max: 32 })
    .default([])
    .describe('Taints the backends, samplers and Grafana tolerate. Collectors and agents tolerate every taint.'),
}).describe('Which nodes the pods of the stack run on.');
