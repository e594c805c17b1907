import type { Stack } from '../api/index.ts';
import { block, call, component, index, ref, type Block, type Expression } from '../alloy/index.ts';
import { formatDuration, parseDuration } from '../lib/duration.ts';
import { marks } from './marks.ts';
import { attributeOf, literal, set } from './ottl.ts';
import { output } from './output.ts';
import { samplingFile } from './ports.ts';
import { transform, type Group } from './transform.ts';

type Sampling = Stack['spec']['sampling'];

/** The input of `tailSampling`. */
export const samplingInput: Expression = ref('otelcol.processor.transform.decide.input');

/** Marks spans by the numbers in the data file, keeps whole traces by their marks, takes the marks off. */
export function tailSampling(sampling: Sampling, memory: number, next: Expression): readonly Block[] {
  return [
    // Asked, not notified: a kubelet replaces the file, which ends a watch on it until the next poll, a minute by default.
    component('local.file', 'sampling', { filename: samplingFile, detector: 'poll', poll_frequency: '2s' }),
    decide(),
    sampler(sampling, memory),
    transform('unmark', { traces: [withoutMarks('span')] }, { traces: [next] }),
  ];
}

function withoutMarks(context: 'resource' | 'span'): Group {
  const statements = Object.values(marks).map((mark) => `delete_key(${context}.attributes, ${literal(mark)})`);
  return { context, statements };
}

/** Statements that are missing or empty would keep nothing; everything is kept until they are there. */
function decide(): Block {
  const fallback = [set(attributeOf('span', marks.share), 'true')];
  const fromData = index(call('encoding.from_json', ref('local.file.sampling.content')), 'statements');
  return transform(
    'decide',
    {
      traces: [
        // A mark an application sends must not decide anything, and policies look at resources too.
        withoutMarks('resource'),
        withoutMarks('span'),
        { context: 'span', statements: call('coalesce', fromData, fallback) },
      ],
    },
    { traces: [ref('otelcol.processor.tail_sampling.keep.input')] },
  );
}

/** Pending traces and remembered decisions a sampler has room for: memory is refused before traces are pushed out. */
function room(memory: number): number {
  const smallestTrace = 4096;
  return Math.max(50_000, Math.floor(memory / smallestTrace));
}

function sampler({ limit, decisionWait }: Sampling, memory: number): Block {
  const traces = room(memory);
  const cache = JSON.stringify({ sampled_cache_size: traces, non_sampled_cache_size: traces });
  return component(
    'otelcol.processor.tail_sampling',
    'keep',
    {
      decision_wait: formatDuration(parseDuration(decisionWait) ?? 0),
      num_traces: traces,
      // `alloy validate` refuses an object literal here, though a run takes it.
      decision_cache: call('encoding.from_json', cache),
    },
    marked('errors', marks.error),
    marked('slow', marks.slow),
    marked('attributes', marks.attribute),
    share(limit.spansPerSecond),
    marked('observe', marks.observe),
    marked('canary', marks.canary),
    output({ traces: [ref('otelcol.processor.transform.unmark.input')] }),
  );
}

function marked(name: string, mark: string): Block {
  return block('policy', { name, type: 'boolean_attribute' }, hasMark(mark));
}

function hasMark(mark: string): Block {
  return block('boolean_attribute', { key: mark, value: true });
}

/**
 * The share, unless a span of the trace has a dropped route, and within the limit. An inverted match is a veto over all
 * policies only at the top level; inside `and` it says no to this policy alone. `rate_limiting` stands last because it
 * counts what it is asked about, and lets through strictly less than its number.
 */
function share(spansPerSecond: number): Block {
  const limited =
    spansPerSecond === 0
      ? undefined
      : sub('within-limit', 'rate_limiting', block('rate_limiting', { spans_per_second: spansPerSecond + 1 }));
  return block(
    'policy',
    { name: 'share', type: 'and' },
    block(
      'and',
      sub('in-share', 'boolean_attribute', hasMark(marks.share)),
      sub(
        'not-dropped',
        'string_attribute',
        block('string_attribute', { key: marks.drop, values: ['true'], invert_match: true }),
      ),
      limited,
    ),
  );
}

function sub(name: string, type: string, body: Block): Block {
  return block('and_sub_policy', { name, type }, body);
}
