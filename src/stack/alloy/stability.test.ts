import { expect, test } from '@jest/globals';
import { podTemplates, objectsOf, type SomeSpec } from '../specimen.ts';
import { stabilityOf } from './stability.ts';

test.each([
  ['otelcol.exporter.otlp "a" { }', 'generally-available'],
  ['// otelcol.exporter.debug "a"\notelcol.storage.file "a" {\n}', 'public-preview'],
  ['otelcol.storage.file "a" { }\notelcol.exporter.debug "b" { }', 'experimental'],
  ['foreach "a" { }', 'experimental'],
])('%j needs %s', (configuration, level) => {
  expect(stabilityOf(configuration)).toBe(level);
});

function flag(component: string, spec: SomeSpec = {}): string | undefined {
  const args = podTemplates(objectsOf(spec)).get(component)?.spec.containers[0]?.args ?? [];
  return args.find((arg) => arg.startsWith('--stability.level='))?.split('=')[1];
}

test('each role runs at the lowest level its own configuration needs', () => {
  expect(flag('alloy-sampler')).toBe('generally-available');
  const persistent = { collection: { buffer: { persistent: true } } };
  expect([flag('alloy-sampler', persistent), flag('alloy-node', persistent)]).toEqual([
    'public-preview',
    'generally-available',
  ]);
  const extraConfig = 'otelcol.exporter.debug "mine" {\n}\n';
  expect(flag('alloy-node', { collection: { extraConfig } })).toBe('experimental');
});
