import { expect, test } from '@jest/globals';
import { plan } from '../plan.ts';
import { objectsOf, podTemplates, someFacts, someStack, type SomeSpec } from '../specimen.ts';

function flag(component: string, spec: SomeSpec = {}): string | undefined {
  expect(plan(someStack(spec), someFacts).problems).toEqual([]);
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
});

test.each([
  ['otelcol.exporter.debug "mine" { }', 'experimental'],
  ['prometheus.write.queue "mine" {\n\tendpoint "a" {\n\t\turl = "http://a.example.com"\n\t}\n}', 'experimental'],
  ['pyroscope.java "mine" {\n\tforward_to = []\n\ttargets    = []\n}', 'generally-available'],
  ['otelcol.receiver.splunkhec "mine" {\n\toutput { }\n}', 'public-preview'],
  ['declare "mine" {\n\totelcol.exporter.debug "inside" { }\n}', 'experimental'],
  ['// otelcol.exporter.debug "not" { }\nprometheus.exporter.unix "mine" { }', 'generally-available'],
])('with %j alloy-node runs at %s, below which it would not start', (extraConfig, level) => {
  expect(flag('alloy-node', { collection: { extraConfig } })).toBe(level);
});
