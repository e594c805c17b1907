import type { Stack } from '../api/index.ts';
import { type Block } from '../alloy/index.ts';
import { literal, set } from './ottl.ts';
import type { Outputs } from './output.ts';
import { transform, type Group } from './transform.ts';

type Rule = Stack['spec']['collection']['redaction'][number];

/** Removes or hashes attributes wherever a signal can hold them, log bodies with fields included. */
export function redaction(rules: readonly Rule[], outputs: Outputs): Block {
  const on = (context: Group['context']): Group => ({
    context,
    statements: rules.map((rule) => redact(`${context}.attributes`, rule)),
  });
  const body = rules.map((rule) => redact('log.body', rule, 'IsMap(log.body)'));
  return transform(
    'redaction',
    {
      traces: [on('resource'), on('scope'), on('span'), on('spanevent')],
      metrics: [on('resource'), on('scope'), on('datapoint')],
      logs: [on('resource'), on('scope'), on('log'), { context: 'log', statements: body }],
    },
    outputs,
  );
}

/** Every type is hashed as its text: a number that could not be hashed would stay as it came. */
function redact(holder: string, { attribute, action }: Rule, guard?: string): string {
  const place = `${holder}[${literal(attribute)}]`;
  if (action === 'Remove') {
    return `delete_key(${holder}, ${literal(attribute)})${guard === undefined ? '' : ` where ${guard}`}`;
  }
  return set(place, `SHA256(String(${place}))`, [guard, `${place} != nil`].filter(Boolean).join(' and '));
}
