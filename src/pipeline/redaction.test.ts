import { expect, test } from '@jest/globals';
import { nodePipeline } from './node.ts';
import { stackOf, wiring } from './stack.fixture.ts';
import { componentsOf, textOf } from './tree.fixture.ts';

const rules = [
  { attribute: 'user.email', action: 'Remove' },
  { attribute: 'user.id', action: 'Hash' },
];
const node = nodePipeline(stackOf({ collection: { redaction: rules } }), wiring);

test('an attribute is redacted wherever a signal can hold it, before the signal leaves the node', () => {
  const text = textOf(node, 'otelcol.processor.transform', 'redaction');
  const contexts = [...text.matchAll(/(\w+)_statements \{\s+context\s+= "(\w+)"/g)].map(
    ([, signal, context]) => `${signal} ${context}`,
  );
  expect(contexts).toEqual([
    'trace resource',
    'trace scope',
    'trace span',
    'trace spanevent',
    'metric resource',
    'metric scope',
    'metric datapoint',
    'log resource',
    'log scope',
    'log log',
    'log log',
  ]);
  expect(text.match(/delete_key\(\w+\.attributes, "user\.email"\)/g)).toHaveLength(10);
  expect(text).toContain('delete_key(log.body, "user.email") where IsMap(log.body)');
  expect(text).toContain('traces  = [otelcol.exporter.loadbalancing.samplers.input]');
  expect(textOf(node, 'otelcol.processor.transform', 'resource')).toContain(
    'traces  = [otelcol.processor.transform.redaction.input]',
  );
});

test('a hash covers values of every type, as one that cannot be hashed would leave as it came', () => {
  expect(textOf(node, 'otelcol.processor.transform', 'redaction')).toContain(
    'set(span.attributes["user.id"], SHA256(String(span.attributes["user.id"]))) where span.attributes["user.id"] != nil',
  );
});

test('without rules there is no such step', () => {
  expect(componentsOf(nodePipeline(stackOf(), wiring), 'otelcol.processor.transform').has('redaction')).toBe(false);
});
