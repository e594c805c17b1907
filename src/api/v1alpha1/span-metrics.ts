import { branch, duration, integer, list, set } from '../schema/index.ts';
import { ascending } from './ascending.ts';
import { distinctLabels } from './labels.ts';
import { attributeName } from './names.ts';

const builtInDimensions = ['service.name', 'span.name', 'span.kind', 'status.code'];

/** What is counted from spans, and by which labels. */
export const spanMetrics = branch({
  dimensions: set(
    attributeName()
      .example('service.name')
      .rule({
        cel: `!(self in ${JSON.stringify(builtInDimensions)})`,
        reason: 'is a dimension of every span metric already',
        fix: 'leave it out',
        holds: (self) => !builtInDimensions.includes(self),
      })
      .describe('An attribute of spans or of their resource.'),
    { max: 16 },
  )
    .default(['http.route'])
    .check(distinctLabels)
    .describe('Attributes that become labels of the span metrics.'),
  buckets: list(duration({ min: '1us', max: '1h', like: '250ms' }).describe('Upper bound of a bucket.'), { max: 40 })
    .default([])
    .check(ascending)
    .describe('Upper bounds of classic histogram buckets, ascending; empty gives native histograms only.'),
  seriesLimit: integer({ min: 100, max: 1_000_000 })
    .default(10_000)
    .describe('Series of span metrics one sampler replica holds at most; what comes above is counted as overflow.'),
}).describe('Request, error and duration metrics counted from spans before sampling.');
