import { expect, test } from '@jest/globals';
import { attributeField, encodeAttributes } from './attributes.ts';
import { encodeMetrics } from './metrics.ts';
import { decodeMessage } from './opentelemetry.fixture.ts';

const attributes = (field: number) => encodeAttributes(field, { 'http.route': '/orders/{id}', many: ['a', 'b'] });

test('sums and histograms with exemplars come out of an independent decoder as they went in', () => {
  const traceId = Buffer.alloc(16, 0xab);
  const spanId = Buffer.alloc(8, 0xcd);
  const request = encodeMetrics(
    [
      {
        resource: encodeAttributes(attributeField.resource, { 'service.name': 'shop' }),
        metrics: [
          {
            kind: 'sum',
            name: 'calls',
            description: 'How often.',
            unit: '{call}',
            points: [{ attributes: attributes(attributeField.number), startMs: 1_000.5, value: 2 ** 40 + 7 }],
          },
          {
            kind: 'histogram',
            name: 'duration',
            description: 'How long.',
            unit: 's',
            points: [
              {
                attributes: attributes(attributeField.histogram),
                startMs: 1,
                count: 6,
                sum: 30.25,
                bounds: [0.005, 10],
                buckets: Uint32Array.of(1, 2, 3),
                exemplars: [{ traceId, spanId, timeMs: 1_700_000_000_123, value: 0.25 }],
              },
            ],
          },
        ],
      },
    ],
    { name: 'ostack-agent', version: '1' },
    1_700_000_000_456,
  );
  const shown = [
    { key: 'http.route', value: { stringValue: '/orders/{id}' } },
    { key: 'many', value: { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] } } },
  ];
  const timeUnixNano = '1700000000456000000';
  expect(decodeMessage('MetricsRequest', request)).toEqual({
    resourceMetrics: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
        scopeMetrics: [
          {
            scope: { name: 'ostack-agent', version: '1' },
            metrics: [
              {
                name: 'calls',
                description: 'How often.',
                unit: '{call}',
                sum: {
                  dataPoints: [
                    { startTimeUnixNano: '1000500000', timeUnixNano, asInt: String(2 ** 40 + 7), attributes: shown },
                  ],
                  aggregationTemporality: 2,
                  isMonotonic: true,
                },
              },
              {
                name: 'duration',
                description: 'How long.',
                unit: 's',
                histogram: {
                  dataPoints: [
                    {
                      startTimeUnixNano: '1000000',
                      timeUnixNano,
                      count: '6',
                      sum: 30.25,
                      bucketCounts: ['1', '2', '3'],
                      explicitBounds: [0.005, 10],
                      exemplars: [
                        {
                          timeUnixNano: '1700000000123000000',
                          asDouble: 0.25,
                          spanId: 'cdcdcdcdcdcdcdcd',
                          traceId: 'abababababababababababababababab',
                        },
                      ],
                      attributes: shown,
                    },
                  ],
                  aggregationTemporality: 2,
                },
              },
            ],
          },
        ],
      },
    ],
  });
});
