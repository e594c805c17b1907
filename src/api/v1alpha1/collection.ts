import {
  atLeast,
  boolean,
  branch,
  duration,
  integer,
  isAtLeast,
  keyed,
  list,
  object,
  quantity,
  set,
  string,
  text,
  word,
} from '../schema/index.ts';
import { ascending } from './ascending.ts';
import { plainEndpoint } from './endpoint.ts';
import { distinctLabels } from './labels.ts';
import { attributeName, entryName, objectName } from './names.ts';
import { resources } from './resources.ts';

const receivers = branch({
  otlp: branch({
    grpc: boolean().default(true).describe('Receive OTLP over gRPC on port 4317 of every node.'),
    http: boolean().default(true).describe('Receive OTLP over HTTP on port 4318 of every node.'),
  })
    .describe('The OpenTelemetry protocol.')
    .rule({
      cel: 'self.grpc || self.http',
      reason: 'turns off every receiver',
      fix: 'leave grpc or http on',
      holds: (self) => self.grpc || self.http,
    }),
}).describe('How applications hand in traces, metrics and logs.');

const builtInDimensions = ['service.name', 'span.name', 'span.kind', 'status.code'];
const identity = ['service.name', 'service.namespace', 'service.instance.id'];
const quoted = (words: readonly string[]) => `[${words.map((each) => `'${each}'`).join(', ')}]`;

const spanMetrics = branch({
  dimensions: set(
    attributeName()
      .example('service.name')
      .rule({
        cel: `!(self in ${quoted(builtInDimensions)})`,
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

const redaction = keyed(
  ['attribute'],
  object({
    attribute: attributeName()
      .example('service.name')
      .rule({
        cel: `!(self in ${quoted(identity)}) && !self.startsWith('k8s.')`,
        reason: 'is what signals are told apart by',
        fix: 'redact attributes of the application only, not service.* identity or k8s.*',
        holds: (self) => !identity.includes(self) && !self.startsWith('k8s.'),
      })
      .describe('Attribute of spans, metrics, log records or their resource.'),
    action: word('Remove', 'Hash').default('Remove').describe('Remove it, or put a SHA-256 of its value in its place.'),
  }).describe('One attribute to redact.'),
  { max: 64 },
)
  .default([])
  .describe('Attributes that leave no node as they came.');

const buffer = branch({
  persistent: boolean().default(false).describe("Keep the samplers' export queue on a volume."),
  size: quantity({ min: '64Mi', max: '1Ti', like: '5Gi' })
    .default('1Gi')

    .describe('Size of that volume for each sampler replica; it may grow.'),
})
  .describe('What the samplers could not deliver yet.')
  .change({
    cel: `!self.persistent || !oldSelf.persistent || ${atLeast('self.size', 'oldSelf.size')}`,
    reason: 'a volume cannot shrink',
    fix: 'write at least the size it has',
    at: '.size',
    holds: (self, old) => !self.persistent || !old.persistent || isAtLeast(self.size, old.size),
  });

const exportTo = keyed(
  ['name'],
  object({
    name: entryName('sink'),
    endpoint: string({ min: 3, max: 512 })
      .example('otel.example.com:4317', 'https://otlp.example.com', 'http://collector.tools:4318/otlp')
      .describe('Where to send: host:port for Grpc, a URL with http:// or https:// for Http.'),
    protocol: word('Grpc', 'Http').default('Grpc').describe('OTLP over gRPC or over HTTP.'),
    insecure: boolean().default(false).describe('Send in clear text, without TLS.'),
    signals: set(word('traces', 'metrics', 'logs').describe('A signal.'), { min: 1, max: 3 })
      .default(['traces', 'metrics', 'logs'])
      .describe('The signals this sink gets; traces come sampled.'),
    authorization: object({
      secretName: objectName('Secret').describe('Secret in the namespace of the stack.'),
      key: text({
        min: 1,
        max: 253,
        form: '^[-._a-zA-Z0-9]+$',
        what: 'a key of a Secret',
        fix: 'write letters, digits, "-", "_" and "."',
      })
        .example('token')
        .describe('Key whose value is sent as the Authorization header, such as "Bearer …".'),
    })
      .optional()
      .describe('Where the Authorization header comes from; a change of the Secret rolls the senders.'),
  })
    .describe('One OTLP sink.')
    .check(plainEndpoint)
    .rule({
      cel: "self.protocol == 'Http' ? self.endpoint.matches('^https?://[^/]') : !self.endpoint.contains('/')",
      reason: 'does not fit the protocol',
      fix: 'write host:port for protocol Grpc, or a URL with http:// or https:// for protocol Http',
      at: '.endpoint',
      holds: (self) =>
        self.protocol === 'Http' ? /^https?:\/\/[^/]/.test(self.endpoint) : !self.endpoint.includes('/'),
    })
    .rule({
      cel: "self.protocol != 'Http' || self.insecure == self.endpoint.startsWith('http://')",
      reason: 'contradicts the scheme of the endpoint',
      fix: 'set insecure to true for http://, to false for https://',
      at: '.insecure',
      holds: (self) => self.protocol !== 'Http' || self.insecure === self.endpoint.startsWith('http://'),
    }),
  { max: 8 },
)
  .default([])
  .describe('Further OTLP sinks beside the backends of the stack.');

/** How signals come in and what happens to them on the way to the backends. */
export const collection = branch({
  receivers,
  podLogs: branch({
    enabled: boolean().default(true).describe('Collect the logs of every pod.'),
  }).describe('Logs that pods write to their standard output.'),
  spanMetrics,
  redaction,
  buffer,
  exportTo,
  extraConfig: string({ max: 65_536 })
    .default('')
    .describe('Alloy configuration added to alloy-node. It is parsed, and components of our own names are refused.'),
  node: branch({ resources: resources('alloy-node, one pod a node') }).describe('The collector on every node.'),
  sampler: branch({
    replicas: integer({ min: 1, max: 32 })
      .sized()
      .describe('Number of samplers; traces are spread over them by trace id.'),
    resources: resources('alloy-sampler'),
  }).describe('The collector that sees whole traces.'),
}).describe('How traces, metrics and logs are collected.');
