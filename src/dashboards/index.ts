import pipeline from './pipeline.gen.json' with { type: 'json' };
import sampling from './sampling.gen.json' with { type: 'json' };
import services from './services.gen.json' with { type: 'json' };
import stack from './stack.gen.json' with { type: 'json' };

export { catalogue, type Metric } from './catalogue.ts';
export { datasourceUids } from './uids.ts';
export { metricNames } from './metric-names.ts';

/** The dashboards that come with ostack, as Grafana's schema v1 takes them; `name` is unique and fits a file name. */
export const dashboards: readonly { readonly name: string; readonly model: object }[] = [
  { name: 'services', model: services },
  { name: 'sampling', model: sampling },
  { name: 'pipeline', model: pipeline },
  { name: 'stack', model: stack },
];
