import { expect, test } from '@jest/globals';
import { childOf, conditionOf, create, edit, ready, setStage, start, until, world } from './testing/stage.fixture.ts';
import { eventually } from './testing/world.fixture.ts';

setStage();

const crd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  name: 'observabilitystacks.ostack.io',
};

interface Version {
  readonly schema: { readonly openAPIV3Schema: { readonly properties: { readonly spec: Structural } } };
}

interface Structural {
  readonly properties: Record<string, Structural | object>;
}

/** The resource as a later version may define it: another field, which the API server fills in for everybody. */
async function defineNewer(): Promise<void> {
  const { spec } = structuredClone((await world().get(crd))!) as unknown as { spec: { versions: [Version] } };
  const sampling = spec.versions[0].schema.openAPIV3Schema.properties.spec.properties['sampling'] as Structural;
  const enabled = { type: 'boolean', default: false };
  sampling.properties['edge'] = { type: 'object', default: {}, properties: { enabled } };
  await world().patch(crd, { spec });
}

test('an operator that is older than its resource works on, and says which fields it does not know', async () => {
  const ref = await create();
  await defineNewer();
  await eventually('the API server to fill in the new field', async () => {
    const live = await world().get(ref);
    expect(live?.['spec']).toMatchObject({ sampling: { edge: { enabled: false } } });
  });
  await start();
  const before = await ready(ref);
  expect(conditionOf(before, 'Accepted')).toMatchObject({ status: 'True', reason: 'UnknownFields' });
  await edit(ref, { sampling: { baselinePercent: 20 } });
  const live = await until(ref, 'Accepted', 'True', 'UnknownFields');
  expect(conditionOf(live, 'Accepted')?.message).toMatch(
    /does nothing with spec\.sampling\.edge; upgrade the operator/,
  );
  expect(conditionOf(live, 'Ready')).toMatchObject({ status: 'True', reason: 'AllReady' });
  await eventually('the edit in what runs', async () => {
    const data = await world().get(childOf(ref, 'v1', 'ConfigMap', 'sampling'));
    expect(JSON.stringify(data?.['data'])).toContain('cccccccccccccd');
  });
}, 90_000);
