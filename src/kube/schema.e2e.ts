import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ControlPlane, startControlPlane } from '../../e2e/cluster/control-plane.ts';
import type { Rest } from './index.ts';
import { isAtomicObject, listShape } from './list-shapes.ts';
import { namespace, restOf } from './process.fixture.ts';
import { sampleObjects } from './sample.fixture.ts';

const dir = mkdtempSync(join(tmpdir(), 'ostack-schema-'));
let plane: ControlPlane;
let admin: Rest;

beforeAll(async () => {
  plane = await startControlPlane({ dir });
  admin = await restOf(plane);
}, 120_000);

afterAll(async () => {
  admin?.close();
  await plane?.stop();
  rmSync(dir, { recursive: true, force: true });
}, 60_000);

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly type?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: string;
  readonly 'x-kubernetes-group-version-kind'?: readonly { readonly kind: string }[];
}

test('lists and objects of our kinds merge as the table says, by the schema the server publishes', async () => {
  const wrong: string[] = [];
  let lists = 0;
  const kinds = new Map(sampleObjects(namespace).map(({ apiVersion, kind }) => [kind, apiVersion]));
  for (const [kind, apiVersion] of kinds) {
    const root = apiVersion === 'v1' ? 'api/v1' : `apis/${apiVersion}`;
    const document = (await admin.request('GET', `/openapi/v3/${root}`)).body as {
      components: { schemas: Record<string, Schema> };
    };
    const { schemas } = document.components;
    const start = Object.values(schemas).find(
      (schema) => schema['x-kubernetes-group-version-kind']?.[0]?.kind === kind,
    )!;
    const walk = (schema: Schema, path: readonly string[], atomic: boolean): void => {
      const reference = schema.$ref ?? schema.allOf?.find(({ $ref }) => $ref)?.$ref;
      const target = reference === undefined ? schema : schemas[reference.split('/').at(-1)!]!;
      if (nobodyRenders.test(path.join('.'))) return;
      const where = `${kind}.${path.join('.')}`;
      if (target.type === 'array') {
        // What is inside a value of one owner is never merged.
        if (atomic) return;
        lists += 1;
        const ours = listShape(path);
        const type = target['x-kubernetes-list-type'] ?? 'atomic';
        const theirs = type === 'map' ? { kind: 'keyed', keys: target['x-kubernetes-list-map-keys'] } : { kind: type };
        if (JSON.stringify(ours) !== JSON.stringify(theirs)) wrong.push(`${where} is ${JSON.stringify(theirs)}`);
        walk(target.items!, path, theirs.kind === 'atomic');
        return;
      }
      const whole = [schema, target].some((each) => each['x-kubernetes-map-type'] === 'atomic');
      if (!atomic && whole && target.type === 'object' && !isInList(path) && !isAtomicObject(path))
        wrong.push(`${where} is atomic`);
      if (path.length > 14) return;
      for (const [name, inner] of Object.entries(target.properties ?? {}))
        if (!hidden.has(name)) walk(inner, [...path, name], atomic || whole);
    };
    walk(start, [], false);
  }
  expect(wrong).toEqual([]);
  expect(lists).toBeGreaterThan(100);
});

const hidden = new Set(['status', 'managedFields']);
const isInList = (path: readonly string[]) => listShape(path).kind === 'keyed' || path.at(-1) === 'finalizers';
/** Corners of a pod: volumes of old clouds, claims made in passing, containers of a debugger, owners of a template. */
const nobodyRenders =
  /ephemeral|secretRef|SecretRef|clusterTrustBundle|fileKeyRef|aggregationRule|dataSource|template\.metadata\.(owner|finalizers)/;
