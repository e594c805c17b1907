import { keyed, object, word } from '../schema/index.ts';
import { attributeName } from './names.ts';

const identity = ['service.name', 'service.namespace', 'service.instance.id'];

/** What leaves no node as it came. */
export const redaction = keyed(
  ['attribute'],
  object({
    attribute: attributeName()
      .example('service.name')
      .rule({
        cel: `!(self in ${JSON.stringify(identity)}) && !self.startsWith('k8s.')`,
        reason: 'is what signals are told apart by',
        fix: 'redact attributes of the application only, not service.* identity or k8s.*',
        holds: (self) => !identity.includes(self) && !self.startsWith('k8s.'),
      })
      .describe('Attribute of spans, metrics, log records or their resource.'),
    action: word('Remove', 'Hash').default('Remove').describe('Remove it, or put a SHA-256 of its value in its place.'),
  }).describe('One attribute to redact.'),
  { max: 64 },
)
  .default([])
  .describe('Attributes that leave no node as they came.');
