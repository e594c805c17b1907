import { expect, test } from '@jest/globals';
import { metricNames } from './metric-names.ts';

test.each([
  ['up', ['up']],
  ['sum by (job) (rate(requests_total{path="/up", a=~"b{2}"}[5m]))', ['requests_total']],
  ['a / on (x) group_left (y) b', ['a', 'b']],
  ['histogram_quantile(0.5, sum(rate(d_bucket[$__rate_interval])) by (le)) or vector(0)', ['d_bucket']],
  ['a:b:rate5m offset 5m', ['a:b:rate5m']],
])('%s reads %j', (expression, names) => {
  expect(metricNames(expression)).toEqual(names);
});
