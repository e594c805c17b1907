import { boolean, keyed, object, set, string, text, word } from '../schema/index.ts';
import { plainEndpoint } from './endpoint.ts';
import { entryName, objectName } from './names.ts';

/** OTLP sinks beside the backends of the stack. */
export const exportTo = keyed(
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
