import { expect, test } from '@jest/globals';
import { Applier, type Contest } from './apply.ts';
import { Discovery } from './discovery.ts';
import { Conflict, errorOf } from './errors.ts';
import { renderingAnnotation, toRendering } from './rendering.ts';
import type { KubeObject, Live } from './resource.ts';
import type { RequestOptions, Rest } from './rest.ts';

const service: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'a', namespace: 'n' },
  spec: { sessionAffinity: 'None' },
};

/** A server whose answer to each write is made up by the test. */
function applierOf(answer: (method: string, body: KubeObject) => Live, gone = true) {
  const writes: string[] = [];
  const contests: Contest[] = [];
  const request = async (method: string, path: string, options: RequestOptions = {}) => {
    if (options.verb === 'list') return { status: 200, body: { metadata: { resourceVersion: '9' }, items: [] } };
    if (method === 'GET')
      return { status: 200, body: { resources: [{ name: 'services', kind: 'Service', namespaced: true }] } };
    writes.push(`${method} ${path} ${options.contentType ?? ''} ${options.query?.['dryRun'] ?? ''}`.trim());
    return { status: 200, body: answer(method, options.body as KubeObject) };
  };
  const rest = { request } as unknown as Rest;
  const applier = new Applier({
    rest,
    discovery: new Discovery(rest),
    admit: () => {},
    onContest: (contest) => contests.push(contest),
    gone: async () => gone,
  });
  return { applier, writes, contests };
}

const liveOf = (object: KubeObject, more: object = {}): Live =>
  ({ ...object, metadata: { ...object.metadata, uid: 'u', resourceVersion: '1', ...more } }) as Live;

test('what the server will not take word for word is asked for once, not for ever', async () => {
  const { applier, writes } = applierOf((_method, body) => liveOf({ ...body, spec: { sessionAffinity: 'ClientIP' } }));
  const first = await applier.apply(service, undefined);
  const { live } = first as { live: Live };
  for (let pass = 0; pass < 3; pass += 1) expect(await applier.apply(service, live)).toEqual({ kind: 'unchanged' });
  expect(writes).toHaveLength(1);
  // Another value than the one it insists on is somebody's edit again.
  expect((await applier.apply(service, { ...live, spec: { sessionAffinity: 'Other' } })).kind).toBe('applied');
  // And an object made anew is asked again.
  const anew = { ...live, metadata: { ...live.metadata, uid: 'v' } };
  expect((await applier.apply(service, anew)).kind).toBe('applied');
});

test('an object that is being deleted is not written to', async () => {
  const { applier, writes } = applierOf((_method, body) => liveOf(body));
  const dying = liveOf(toRendering(service), { deletionTimestamp: '2026-01-01T00:00:00Z' });
  await expect(applier.apply(service, dying)).rejects.toBeInstanceOf(Conflict);
  expect(writes).toEqual([]);
});

test('an object applied from another rendering is applied again, and that is nobody elses doing', async () => {
  const { applier, writes, contests } = applierOf((_method, body) => liveOf(body));
  const older = liveOf(toRendering(service), { annotations: { [renderingAnnotation]: 'older' } });
  expect((await applier.apply(service, older)).kind).toBe('applied');
  expect(writes).toHaveLength(1);
  expect(contests).toEqual([]);
});

test('an object that does not go away is left to the next pass', async () => {
  let refused = false;
  const refuse = (method: string, body: KubeObject): Live => {
    if (method !== 'PATCH' || refused) return liveOf(body ?? service);
    refused = true;
    throw errorOf('PATCH', 422, JSON.stringify({ message: 'spec.clusterIP: may not change once set' }));
  };
  const { applier, writes } = applierOf(refuse, false);
  await expect(applier.apply(service, liveOf(service))).rejects.toThrow('not gone yet');
  expect(writes.map((write) => write.split(' ')[0])).toEqual(['PATCH', 'PATCH', 'DELETE']);
  expect(writes[1]).toMatch(/a-ostack-check .* All$/);
});

test('an object that is in the way of a new one, and gone when it is looked for, is in nobodys way', async () => {
  let tries = 0;
  const { applier, writes } = applierOf((_method, body) => {
    tries += 1;
    if (tries === 1) throw errorOf('PATCH', 409, '');
    return liveOf(body);
  });
  expect((await applier.apply(service, undefined)).kind).toBe('applied');
  expect(writes).toHaveLength(2);
});

test('what may only be written over one version says so to the server, and a later one stays', async () => {
  const versions: unknown[] = [];
  const { applier } = applierOf((_method, body) => {
    versions.push(body.metadata['resourceVersion' as keyof KubeObject['metadata']]);
    if (versions.length > 1) throw errorOf('PATCH', 409, '');
    return liveOf(body);
  });
  const live = liveOf(toRendering(service), { resourceVersion: '7' });
  const edited = { ...live, spec: { sessionAffinity: 'Other' } };
  expect((await applier.apply(service, edited, '7')).kind).toBe('applied');
  await expect(applier.apply(service, { ...edited }, '7')).rejects.toBeInstanceOf(Conflict);
  expect(versions).toEqual(['7', '7']);
});
