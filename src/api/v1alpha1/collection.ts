import { atLeast, boolean, branch, integer, isAtLeast, isFormed, quantity, string } from '../schema/index.ts';
import { exportTo } from './export-to.ts';
import { redaction } from './redaction.ts';
import { resources } from './resources.ts';
import { spanMetrics } from './span-metrics.ts';

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

const shrinkable = [
  '!self.persistent',
  '!oldSelf.persistent',
  `!${isFormed('self.size')}`,
  `!${isFormed('oldSelf.size')}`,
];

const buffer = branch({
  persistent: boolean()
    .default(false)
    .describe(
      'Keep what the samplers could not deliver yet, to Tempo and to exportTo, on a volume. Collectors keep theirs in memory.',
    ),
  size: quantity({ min: '64Mi', max: '1Ti', like: '5Gi' })
    .default('1Gi')
    .describe('Size of that volume for each sampler replica, shared by what it sends to; it may grow.'),
})
  .describe('What the samplers could not deliver yet.')
  .change({
    cel: [...shrinkable, atLeast('string(self.size)', 'string(oldSelf.size)')].join(' || '),
    reason: 'a volume cannot shrink',
    fix: 'write at least the size it has',
    at: '.size',
    holds: (self, old) => !self.persistent || !old.persistent || isAtLeast(self.size, old.size),
  });

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
      .describe(
        'Number of samplers; traces are spread over them by trace id. A HorizontalPodAutoscaler of their StatefulSet decides instead, where there is one.',
      ),
    resources: resources('alloy-sampler'),
  }).describe('The collector that sees whole traces.'),
}).describe('How traces, metrics and logs are collected.');
