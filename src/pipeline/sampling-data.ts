import type { Stack } from '../api/index.ts';
import { parseDuration } from '../lib/duration.ts';
import { canaryService, marks } from './marks.ts';
import { anyOf, attributeOf, equals, literal, resourceIs, set } from './ottl.ts';
import { randomness, thresholdOf } from './share.ts';

type Sampling = Stack['spec']['sampling'];

/** What the sampler reads at run time: OTTL statements for the context `span`. A change restarts nothing. */
export interface SamplingData {
  readonly statements: readonly string[];
}

const route = 'span.cache["route"]';
const threshold = 'span.cache["threshold"]';

/** The numbers of `spec.sampling` as data. Only `limit` and `decisionWait` are part of the configuration itself. */
export function samplingData({ spec: { sampling } }: Stack): SamplingData {
  return {
    statements: [
      ...shareStatements(sampling),
      ...keepStatements(sampling),
      ...dropStatements(sampling),
      mark(marks.canary, resourceIs('service.name', canaryService)),
      ...(sampling.mode === 'Observe' ? [mark(marks.observe)] : []),
    ],
  };
}

function mark(name: string, condition?: string): string {
  return set(attributeOf('span', name), 'true', condition);
}

/** Each span asks with the percentage of its own service; a trace is kept if any of its spans is. */
function shareStatements({ baselinePercent, services }: Sampling): readonly string[] {
  return [
    set(threshold, literal(thresholdOf(baselinePercent))),
    ...services.map(({ name, percent }) =>
      set(threshold, literal(thresholdOf(percent)), resourceIs('service.name', name)),
    ),
    mark(marks.share, `Substring(span.trace_id.string, ${randomness.start}, ${randomness.length}) >= ${threshold}`),
  ];
}

function keepStatements({ keep }: Sampling): readonly string[] {
  const slowNs = Math.round((parseDuration(keep.slowerThan) ?? 0) * 1e6);
  return [
    ...(keep.errors ? [mark(marks.error, 'span.status.code == STATUS_CODE_ERROR')] : []),
    ...(slowNs > 0 ? [mark(marks.slow, `span.end_time_unix_nano - span.start_time_unix_nano >= ${slowNs}`)] : []),
    ...keep.attributes.map(({ key, values }) => mark(marks.attribute, hasAttribute(key, values))),
  ];
}

function hasAttribute(key: string, values: readonly string[]): string {
  const places = [attributeOf('span', key), attributeOf('resource', key)];
  return anyOf(
    values.length === 0
      ? places.map((place) => `${place} != nil`)
      : values.flatMap((value) => places.map((place) => equals(place, value))),
  );
}

/** The route of a span is `http.route`, else its path without the query (in its old or new name). */
function dropStatements({ drop }: Sampling): readonly string[] {
  if (drop.length === 0) return [];
  const sources = ['http.target', 'url.path', 'http.route'].map((key) => attributeOf('span', key));
  return [
    ...sources.map((source) => set(route, source, `IsString(${source})`)),
    `replace_pattern(${route}, ${literal('[?].*$')}, "") where ${route} != nil`,
    ...drop.map((rule) => set(attributeOf('span', marks.drop), '"true"', matches(rule.route))),
  ];
}

function matches(wanted: string): string {
  return wanted.endsWith('*')
    ? `${route} != nil and HasPrefix(${route}, ${literal(wanted.slice(0, -1))})`
    : `${route} == ${literal(wanted)}`;
}
