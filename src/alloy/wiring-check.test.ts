import { describe, expect, test } from '@jest/globals';
import { componentNames, componentKind } from './catalogue/index.ts';
import { corpus } from './corpus.fixture.ts';
import { parseAlloy } from './parser.ts';
import { componentStability } from './stability.ts';
import { checkWiring } from './wiring-check.ts';

function findingsIn(text: string): readonly string[] {
  const parsed = parseAlloy(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return checkWiring(parsed.config).map(({ kind, at, message }) => `${kind} | ${at} | ${message}`);
}

const batch = (label: string, next: string, more = '') =>
  `otelcol.processor.batch "${label}" {\n${more}\noutput { traces = [${next}] }\n}\n`;
const end = 'otelcol.exporter.otlp "end" {\nclient { endpoint = "a:1" }\n}\n';
const writer = 'prometheus.remote_write "w" {\nendpoint { url = "http://a" }\n}\n';

describe('what Alloy would refuse is found', () => {
  test.each([
    [
      'otelcol.processor.bach "a" { }',
      'unknown component | otelcol.processor.bach.a | Alloy 1.11 has no component otelcol.processor.bach',
    ],
    [
      `${end}${batch('a', 'otelcol.exporter.otlp.end.input', 'size = 1')}`,
      'unknown argument | otelcol.processor.batch.a size | there is no argument size',
    ],
    [
      `${end}${batch('a', 'otelcol.exporter.otlp.end.input', 'queue { }')}`,
      'unknown argument | otelcol.processor.batch.a queue | there is no block queue',
    ],
    [
      `${end}${batch('a', 'otelcol.exporter.otlp.end.input', 'timeout { }')}`,
      'unknown argument | otelcol.processor.batch.a timeout | timeout is an argument',
    ],
    [
      'otelcol.exporter.otlp "a" {\nclient = 1\n}',
      'unknown argument | otelcol.exporter.otlp.a client | client is a block',
    ],
    ['otelcol.exporter.otlp "a" { }', 'missing argument | otelcol.exporter.otlp.a client | client is required'],
    [
      'otelcol.exporter.otlp "a" {\nclient { }\n}',
      'missing argument | otelcol.exporter.otlp.a client.endpoint | endpoint is required',
    ],
    ['otelcol.processor.batch "a" { }', 'missing argument | otelcol.processor.batch.a output | output is required'],
    [
      'otelcol.exporter.otlp "a" {\ntimeout = 5\nclient { endpoint = "a:1" }\n}',
      'wrong type | otelcol.exporter.otlp.a timeout | expected a value of type duration, found 5',
    ],
    [
      'otelcol.exporter.otlp "a" {\ntimeout = "5 s"\nclient { endpoint = "a:1" }\n}',
      'wrong type | otelcol.exporter.otlp.a timeout | expected a value of type duration, found 5 s',
    ],
    [
      'otelcol.exporter.otlp "a" {\nclient { endpoint = true }\n}',
      'wrong type | otelcol.exporter.otlp.a client.endpoint | expected a value of type string, found true',
    ],
    [
      'otelcol.receiver.otlp "a" {\ngrpc { max_recv_msg_size = "4 apples" }\noutput { }\n}',
      'wrong type | otelcol.receiver.otlp.a grpc.max_recv_msg_size | expected a value of type size, found 4 apples',
    ],
    [
      'otelcol.processor.batch "a" {\noutput { traces = "next" }\n}',
      'wrong type | otelcol.processor.batch.a output.traces | expected a list of type otelcol consumer, found next',
    ],
    [
      `${writer}otelcol.processor.batch "a" {\noutput { metrics = [prometheus.remote_write.w.receiver] }\n}`,
      'wrong type | otelcol.processor.batch.a output.metrics | expected a value of type otelcol consumer, found a value of type prometheus receiver',
    ],
    [
      `${writer}prometheus.scrape "a" {\ntargets = prometheus.remote_write.w.receiver\nforward_to = [prometheus.remote_write.w.receiver]\n}`,
      'wrong type | prometheus.scrape.a targets | expected a value of type targets, found a value of type prometheus receiver',
    ],
    [
      'otelcol.exporter.otlp "a" {\nclient { endpoint = "a:1" }\nclient { endpoint = "b:1" }\n}',
      'repeated | otelcol.exporter.otlp.a client | client may come once only',
    ],
    [
      'otelcol.exporter.otlp "a" {\ntimeout = "1s"\ntimeout = "2s"\nclient { endpoint = "a:1" }\n}',
      'repeated | otelcol.exporter.otlp.a timeout | timeout is set twice',
    ],
    [
      'otelcol.exporter.otlp "a" {\nclient "b" { endpoint = "a:1" }\n}',
      'bad label | otelcol.exporter.otlp.a client | client takes no label',
    ],
    [
      'otelcol.exporter.otlp {\nclient { endpoint = "a:1" }\n}',
      'bad label | otelcol.exporter.otlp | a component needs a label',
    ],
    [
      batch('a', 'otelcol.exporter.otlp.gone.input'),
      'dangling reference | otelcol.processor.batch.a | there is no otelcol.exporter.otlp.gone.input',
    ],
    [
      `${end}${batch('a', 'otelcol.exporter.otlp.end.output')}`,
      'dangling reference | otelcol.processor.batch.a | otelcol.exporter.otlp.end.output is not exported',
    ],
    [
      `${end}${batch('a', 'otelcol.exporter.otlp.end')}`,
      'dangling reference | otelcol.processor.batch.a | otelcol.exporter.otlp.end is a component, not a value',
    ],
    [
      batch('a', 'otelcol.processor.batch.b.input') + batch('b', 'otelcol.processor.batch.a.input'),
      'cycle | otelcol.processor.batch.a | otelcol.processor.batch.a → otelcol.processor.batch.b → otelcol.processor.batch.a',
    ],
    [
      batch('a', 'otelcol.processor.batch.a.input'),
      'cycle | otelcol.processor.batch.a | otelcol.processor.batch.a → otelcol.processor.batch.a',
    ],
    [
      end + end,
      'colliding labels | otelcol.exporter.otlp.end | otelcol.exporter.otlp.end is there twice; two names may have come out as the same label',
    ],
    ['a = 1', 'misplaced | file | an attribute stands outside of every block'],
  ])('%#', (text, finding) => {
    expect(findingsIn(text)).toEqual([finding]);
  });

  test('a label from a tree that no text could hold', () => {
    const tree = { kind: 'block', name: 'prometheus.exporter.self', label: 'my-self', body: [] } as const;
    expect(checkWiring([tree])).toEqual([
      { kind: 'bad label', at: 'prometheus.exporter.self.my-self', message: 'label "my-self" is not an identifier' },
    ]);
  });
});

test.each(corpus.filter(([name]) => !['literals', 'expressions', 'comments', 'compact'].includes(name.slice(0, -6))))(
  'nothing is found in %s',
  (_name, text) => {
    expect(findingsIn(text)).toEqual([]);
  },
);

test('what shows at run time only is not refused', () => {
  const text = `local.file "f" {\nfilename = "/x"\n}\n
    otelcol.exporter.otlp "a" {
      timeout = encoding.from_json(local.file.f.content)["timeout"]
      client { endpoint = local.file.f.content }
    }`;
  expect(findingsIn(text)).toEqual([]);
});

test('every component we know inside out has a stability level and a shape', () => {
  for (const name of componentNames) {
    expect(componentStability(name)).toBeDefined();
    expect(componentKind(name)?.shape.open).toBe(false);
  }
});
