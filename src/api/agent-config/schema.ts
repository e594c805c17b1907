const text = { type: 'string', maxLength: 1024 } as const;
const texts = { type: 'array', maxItems: 256, items: text, default: [] } as const;
const textMap = { type: 'object', maxProperties: 64, additionalProperties: text, default: {} } as const;
const percent = { type: 'number', minimum: 0, maximum: 100 } as const;
const duration = { type: 'string', format: 'duration' } as const;
const quantity = { type: 'string', format: 'quantity' } as const;
const flag = (fallback: boolean) => ({ type: 'boolean', default: fallback }) as const;
const object = (properties: object, required: readonly string[] = []) =>
  ({ type: 'object', additionalProperties: false, properties, required }) as const;
const section = (properties: object) => ({ ...object(properties), default: {} }) as const;

/** The agent's configuration file. Keys are those of the resource, so that rendering it is a copy. */
export const configSchema = object(
  {
    node: { ...text, default: '' },
    clusterName: { ...text, default: '' },
    interval: { ...duration, default: '10s' },
    discovery: section({
      namespaces: section({ include: texts, exclude: texts }),
      podSelector: section({
        matchLabels: textMap,
        matchExpressions: {
          type: 'array',
          maxItems: 32,
          default: [],
          items: object({ key: text, operator: { enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'] }, values: texts }, [
            'key',
            'operator',
          ]),
        },
      }),
      ports: { type: 'array', maxItems: 64, items: { type: 'integer', minimum: 1, maximum: 65_535 }, default: [] },
      executables: texts,
      pids: { type: 'array', maxItems: 256, items: { type: 'integer', minimum: 1 }, default: [] },
      reportingThemselves: { enum: ['Skip', 'Instrument'], default: 'Skip' },
    }),
    routes: {
      type: 'array',
      maxItems: 256,
      default: [],
      items: object({ match: { ...text, pattern: '^/' }, as: { ...text, minLength: 1 } }, ['match', 'as']),
    },
    sampling: section({
      baselinePercent: { ...percent, default: 10 },
      keep: section({ errors: flag(true), slowerThan: { ...duration, default: '0s' } }),
      services: {
        type: 'array',
        maxItems: 256,
        default: [],
        items: object({ name: { ...text, minLength: 1 }, percent }, ['name', 'percent']),
      },
      limit: section({ spansPerSecond: { type: 'integer', minimum: 0, maximum: 1_000_000, default: 0 } }),
    }),
    capture: section({ headers: texts, query: flag(false) }),
    metrics: section({
      families: {
        type: 'array',
        maxItems: 3,
        items: { enum: ['application', 'spanMetrics', 'serviceGraph'] },
        default: ['application', 'spanMetrics', 'serviceGraph'],
      },
      seriesLimit: { type: 'integer', minimum: 1, maximum: 1_000_000, default: 10_000 },
    }),
    budget: section({ cpu: { ...quantity, default: '200m' }, memory: { ...quantity, default: '256Mi' } }),
    otlp: object({ endpoint: { type: 'string', format: 'http-url' }, headers: textMap }, ['endpoint']),
    health: section({ port: { type: 'integer', minimum: 0, maximum: 65_535, default: 9465 } }),
  },
  ['otlp'],
);
