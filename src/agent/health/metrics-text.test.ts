import { expect, test } from '@jest/globals';
import { labelValue, metricsText } from './metrics-text.ts';

test('samples of a family stand together under their type', () => {
  expect(
    metricsText([
      ['targets', 3],
      ['sent_total{signal="traces"}', 1],
      ['ready', 1],
      [`sent_total{signal="${labelValue('a"\\\n')}"}`, 2.5],
    ]),
  ).toBe(`# TYPE ostack_agent_ready gauge
ostack_agent_ready 1
# TYPE ostack_agent_sent_total counter
ostack_agent_sent_total{signal="traces"} 1
ostack_agent_sent_total{signal="a\\"\\\\\\n"} 2.5
# TYPE ostack_agent_targets gauge
ostack_agent_targets 3
`);
});
