import { expect, test } from '@jest/globals';
import { block, component } from './build.ts';
import { minimumStability } from './minimum-stability.ts';

test.each([
  ['otelcol.processor.batch', 'generally-available'],
  ['otelcol.storage.file', 'public-preview'],
  ['otelcol.exporter.debug', 'experimental'],
  ['of.mine', 'generally-available'],
])('%s needs %s', (name, level) => {
  expect(minimumStability([component('prometheus.exporter.self', 'a'), component(name, 'b')])).toBe(level);
  expect(minimumStability([component('declare', 'mine', component(name, 'b'))])).toBe(level);
});

test('foreach is experimental, nothing at all is generally available', () => {
  expect(minimumStability([])).toBe('generally-available');
  expect(minimumStability([component('foreach', 'a', block('template'))])).toBe('experimental');
});
