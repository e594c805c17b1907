import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseEnvironment, parseResourceAttributes } from './environment.ts';

test('names and attributes are read, whatever stands around them', () => {
  const environ =
    'PATH=/bin\0OTEL_SERVICE_NAME=pay\0broken\0=x\0OTEL_RESOURCE_ATTRIBUTES=a=b, service.version=1%2C2 ,bad%=%zz,=c\0';
  expect(parseEnvironment(environ)).toEqual({
    serviceName: 'pay',
    resourceAttributes: { a: 'b', 'service.version': '1,2' },
  });
});

test.each([
  ['OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
  ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://c:4318/v1/traces', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'],
  ['NODE_OPTIONS=--require @opentelemetry/auto-instrumentations-node/register', 'NODE_OPTIONS'],
  ['JAVA_TOOL_OPTIONS=-javaagent:/opt/opentelemetry-javaagent.jar', 'JAVA_TOOL_OPTIONS'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318\0OTEL_SDK_DISABLED=true', undefined],
  ['OTEL_EXPORTER_OTLP_ENDPOINT=http://c\0OTEL_TRACES_EXPORTER=none\0OTEL_METRICS_EXPORTER=none', undefined],
  ['NODE_OPTIONS=--max-old-space-size=99', undefined],
  ['OTEL_SERVICE_NAME=a', undefined],
])('%j reports by itself: %s', (environ, reason) => {
  expect(parseEnvironment(environ).reportsItself).toBe(reason);
});

test('no environment breaks the reader', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      parseEnvironment(text);
      parseResourceAttributes(text);
    }),
  );
});
