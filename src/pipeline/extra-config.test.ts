import { describe, expect, test } from '@jest/globals';
import { printAlloy } from '../alloy/index.ts';
import { nodePipeline, pipelineProblems } from './node.ts';
import { stackOf, wiring } from './stack.fixture.ts';

const withExtra = (extraConfig: string) => stackOf({ collection: { extraConfig } });
const own = printAlloy(nodePipeline(stackOf(), wiring));

test('what the user adds comes after what is ours and may send to it', () => {
  const extra = `prometheus.exporter.unix "host" { }

prometheus.scrape "host" {
	targets    = prometheus.exporter.unix.host.targets
	forward_to = [prometheus.remote_write.metrics.receiver]
}
`;
  expect(pipelineProblems(withExtra(extra), wiring)).toEqual([]);
  expect(printAlloy(nodePipeline(withExtra(extra), wiring))).toBe(`${own}\n${extra}`);
});

test('nothing added is nothing changed', () => {
  expect(pipelineProblems(stackOf(), wiring)).toEqual([]);
  expect(printAlloy(nodePipeline(withExtra('// only a note\n'), wiring))).toBe(own);
});

describe('an addition that cannot work is told and left out', () => {
  test.each([
    ['a "b" {', 'cannot be read at line 1, column 8: expected }, found the end of the text'],
    ['logging { level = "debug" }', 'sets the logging block, which is set already'],
    ['http { }', 'sets the http block, which is set already'],
    ['prometheus.exporter.self "alloy" { }', 'prometheus.exporter.self.alloy is there twice'],
    ['prometheus.exporter.uniks "a" { }', 'Alloy 1.11 has no component prometheus.exporter.uniks'],
    ['loki.process "a" {\nforward_to = [loki.write.gone.receiver]\n}', 'there is no loki.write.gone.receiver'],
    ['loki.write "a" {\nendpoint { }\n}', 'url is required'],
    ['x = 1', 'an attribute stands outside of every block'],
  ])('%s', (extra, reason) => {
    const [problem, ...others] = pipelineProblems(withExtra(extra), wiring);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ path: 'spec.collection.extraConfig', reason: expect.stringContaining(reason) });
    expect(problem?.fix).toMatch(/^[a-z].{5,}/);
    expect(printAlloy(nodePipeline(withExtra(extra), wiring))).toBe(own);
  });
});
