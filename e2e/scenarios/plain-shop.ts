import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Tree } from '../../src/lib/merge-patch.ts';

const manifest = join(import.meta.dirname, '../../examples/shop/shop.yaml');

interface Container {
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly [field: string]: unknown;
}

/**
 * The services of `examples/shop` in a namespace of their own, as programs nobody instrumented: no SDK, no endpoint, no
 * name but that of their Deployment, and nobody who places orders.
 */
export async function plainShop(
  namespace: string,
  services: readonly string[] = ['frontend', 'checkout', 'payment'],
): Promise<readonly object[]> {
  const documents = parseAllDocuments(await readFile(manifest, 'utf8')).map((each) => each.toJS() as Tree);
  const wanted = documents.filter(({ kind, metadata }) => {
    const { name } = metadata as { name: string };
    return (kind === 'Deployment' || kind === 'Service') && services.includes(name);
  });
  const home = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  return [home, ...wanted.map((each) => moved(each, namespace))];
}

function moved(resource: Tree, namespace: string): object {
  const metadata = { ...(resource['metadata'] as Tree), namespace };
  if (resource['kind'] !== 'Deployment') return { ...resource, metadata };
  const spec = resource['spec'] as { template: { metadata: object; spec: { containers: Container[] } } };
  const pod = spec.template.spec;
  const containers = pod.containers.map(({ envFrom: _telemetry, env, ...container }) => ({
    ...container,
    image: 'ostack.test/shop:dev',
    env: [...env.filter(({ name }) => !name.startsWith('OTEL_')), { name: 'OTEL_SDK_DISABLED', value: 'true' }],
  }));
  return { ...resource, metadata, spec: { ...spec, template: { ...spec.template, spec: { ...pod, containers } } } };
}
