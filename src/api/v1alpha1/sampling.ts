import { boolean, branch, duration, integer, keyed, number, object, set, text, word } from '../schema/index.ts';
import { attributeName, entryName, quotable } from './names.ts';

const percent = () =>
  number({ min: 0, max: 100 })
    .example(10, 0, 0.1, 33.3333)
    .rule({
      cel: 'self < 0.0 || double(int(self * 10000.0 + 0.5)) - self * 10000.0 < 0.000001 && self * 10000.0 - double(int(self * 10000.0 + 0.5)) < 0.000001',
      reason: 'has more than four decimals',
      fix: 'round it to four decimals, such as 0.0125',
      holds: (self) => self < 0 || Math.abs(Math.trunc(self * 10000 + 0.5) - self * 10000) < 0.000001,
    });

const keep = branch({
  errors: boolean().default(true).describe('Keep every trace that holds a span with an error.'),
  slowerThan: duration({ min: '0s', max: '1h', like: '500ms' })
    .default('500ms')
    .describe('Keep every trace that holds a span of at least this duration; "0s" turns this off.'),
  attributes: keyed(
    ['key'],
    object({
      key: attributeName().describe('Attribute of a span or of its resource.'),
      values: set(quotable(256, 'a plain value').example('gold', 'eu-1').describe('A value of the attribute.'), {
        max: 32,
      })
        .default([])
        .describe('Values that keep a trace; empty means any value.'),
    }).describe('An attribute that keeps a trace.'),
    { max: 16 },
  )
    .default([])
    .describe('Keep every trace that holds a span with one of these attributes.'),
}).describe('What is always kept, whatever the percentage says.');

const route = text({
  min: 1,
  max: 256,
  form: '^/[^\\x00-\\x20\\x7f"\\\\*?#]*[*]?$',
  what: 'a route',
  fix: 'write a path that begins with "/", without query, and with "*" only as its last character, such as /internal/*',
})
  .example('/healthz', '/internal/*', '/')
  .rule({
    cel: "self != '/*'",
    reason: 'would drop every trace that has a route',
    fix: 'write a longer prefix, or set spec.sampling.baselinePercent to 0',
    holds: (self) => self !== '/*',
  })
  .describe('Route of the span (http.route, else its path): exact, or a prefix that ends in "*".');

/** Which traces reach the trace backend. Metrics of spans are counted before any of this. */
export const sampling = branch({
  mode: word('Enforce', 'Observe')
    .default('Enforce')
    .describe('Enforce drops what is not kept; Observe decides and counts the same, but drops nothing.'),
  baselinePercent: percent()
    .default(10)
    .describe('Percentage of all traces to keep, by trace id, with at most four decimals.'),
  keep,
  drop: keyed(
    ['name'],
    object({ name: entryName('rule'), route }).describe('Traces that are never kept by percentage.'),
    { max: 64 },
  )
    .default([])
    .describe('Traces to drop by route; errors and slow traces of such a route are still kept if keep says so.'),
  services: keyed(
    ['name'],
    object({
      name: quotable(255, 'a service name')
        .example('checkout', 'Order Service')
        .describe('The service.name of the spans.'),
      percent: percent().describe('Percentage of the traces of this service to keep, by trace id.'),
    }).describe('The percentage of one service.'),
    { max: 256 },
  )
    .default([])
    .describe('Percentages of single services; a trace is kept if any of its services says so.'),
  limit: branch({
    spansPerSecond: integer({ min: 0, max: 10_000_000 })
      .default(0)
      .describe('Spans a second one sampler replica keeps by percentage at most; 0 is no limit.'),
  }).describe(
    'An upper bound for what is kept by percentage; what keep names is kept beyond it. Changing it restarts the samplers.',
  ),
  decisionWait: duration({ min: '1s', max: '2m', like: '10s' })
    .default('10s')
    .describe('How long a trace is collected before it is judged. Changing it restarts the samplers.'),
}).describe('Which traces are kept. Metrics of spans are counted before sampling and stay exact.');
