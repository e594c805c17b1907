import { describe, expect, test } from '@jest/globals';
import { nodePipeline } from './node.ts';
import { stackOf, wiring } from './stack.fixture.ts';
import { componentsOf, textOf, valuesOf } from './tree.fixture.ts';

const node = nodePipeline(stackOf(), wiring);
const process = componentsOf(node, 'loki.process').get('pods');
const patterns = (process === undefined ? [] : valuesOf(process, 'expression')).map((text) => {
  const pattern = text.slice(1, -1).replaceAll('(?P<', '(?<');
  return pattern.startsWith('(?i)') ? new RegExp(pattern.slice(4), 'i') : new RegExp(pattern);
});

/** What the stages extract: a later match wins. */
function traceIdIn(line: string): string | undefined {
  return patterns.map((pattern) => pattern.exec(line)?.groups?.['trace_id']).findLast((id) => id !== undefined);
}

const id = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('the trace id of a line is found', () => {
  test.each([
    `{"level":"info","trace_id":"${id}","msg":"paid"}`,
    `{"traceID": "${id}"}`,
    `{"traceId":"${id}","spanId":"00f067aa0ba902b7"}`,
    `{"TraceId":"${id}"}`,
    `{"trace.id":"${id}"}`,
    `{'trace_id': '${id}'}`,
    `level=info trace_id=${id} msg=paid`,
    `2026-01-01 INFO [traceId: ${id}] paid`,
    `GET /pay traceparent=00-${id}-00f067aa0ba902b7-01`,
    `{"traceparent":"00-${id}-00f067aa0ba902b7-00"}`,
  ])('%s', (line) => {
    expect(traceIdIn(line)).toBe(id);
  });
});

test.each([
  `checksum=${id}`,
  `trace_id=${id.slice(1)}`,
  `trace_id=${id}0`,
  'trace_id=none',
  `backtrace_id=${id}`,
  `01-${id}-00f067aa0ba902b7-01`,
])('none is made up from %s', (line) => {
  expect(traceIdIn(line)).toBeUndefined();
});

test('it becomes structured metadata, never a label', () => {
  const text = textOf(node, 'loki.process', 'pods');
  expect(text).toMatch(/stage\.structured_metadata \{\s+values = \{\s+trace_id = "",/);
  expect(text).not.toContain('stage.labels');
});

test('lines carry the labels OTLP logs have in Loki', () => {
  const targets = componentsOf(node, 'discovery.relabel').get('pods');
  expect(new Set(targets === undefined ? [] : valuesOf(targets, 'target_label'))).toEqual(
    new Set(
      [
        'service_name',
        'k8s_namespace_name',
        'k8s_pod_name',
        'k8s_container_name',
        'k8s_node_name',
        'k8s_deployment_name',
        'k8s_statefulset_name',
        'k8s_daemonset_name',
      ].map((label) => `"${label}"`),
    ),
  );
});

test('pod logs are left alone when they are off or have nowhere to go', () => {
  for (const spec of [{ collection: { podLogs: { enabled: false } } }, { logs: { backend: 'None' } }]) {
    const config = nodePipeline(stackOf(spec), wiring);
    expect(componentsOf(config, 'loki.source.kubernetes').size).toBe(0);
    expect(componentsOf(config, 'discovery.kubernetes').has('pods')).toBe(false);
  }
});
