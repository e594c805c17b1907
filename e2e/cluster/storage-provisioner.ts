// The node's storage: a directory for every claim of class `standard`, gone with its data when the claim goes.
// Started by storage.ts as `node storage-provisioner.ts <node> <directory> <kubeconfig>`.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Claim, isReleased, isWaiting, type Volume, volumeFor, volumeNameOf } from './storage-volume.ts';

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: { readonly server: string } }];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
}

const [node = '', root = '', kubeconfigPath = ''] = process.argv.slice(2);
const kubeconfig = JSON.parse(readFileSync(kubeconfigPath, 'utf8')) as Kubeconfig;
const server = kubeconfig.clusters[0].cluster.server;
const headers = { authorization: `Bearer ${kubeconfig.users[0].user.token}`, 'content-type': 'application/json' };

async function request(method: string, path: string, body?: object): Promise<Response> {
  const answer = await fetch(server + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  // Conflict and NotFound mean that the work was already done.
  if (!answer.ok && answer.status !== 409 && answer.status !== 404) {
    throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  }
  return answer;
}

async function provide(claim: Claim): Promise<void> {
  if (!isWaiting(claim)) return;
  const path = join(root, volumeNameOf(claim));
  mkdirSync(path, { recursive: true });
  await request('POST', '/api/v1/persistentvolumes', volumeFor(claim, node, path));
}

async function reclaim(volume: Volume): Promise<void> {
  if (!isReleased(volume) || !volume.spec.local) return;
  await request('DELETE', `/api/v1/persistentvolumes/${volume.metadata.name}`);
  rmSync(volume.spec.local.path, { recursive: true, force: true });
}

/** Calls `handle` for every object there is and every change, for as long as the process lives. */
async function follow<T>(path: string, handle: (object: T) => Promise<void>): Promise<never> {
  for (;;) {
    try {
      const list = (await (await request('GET', path)).json()) as { items: T[]; metadata: { resourceVersion: string } };
      for (const object of list.items) await handle(object);
      const watch = await request('GET', `${path}?watch=1&resourceVersion=${list.metadata.resourceVersion}`);
      const lines = createInterface({ input: Readable.fromWeb(watch.body as ReadableStream) });
      for await (const line of lines) {
        const { type, object } = JSON.parse(line) as { type: string; object: T };
        if (type === 'ERROR') break;
        if (type !== 'DELETED') await handle(object);
      }
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
    }
    await sleep(500);
  }
}

mkdirSync(root, { recursive: true, mode: 0o711 });
await Promise.all([
  follow<Claim>('/api/v1/persistentvolumeclaims', provide),
  follow<Volume>('/api/v1/persistentvolumes', reclaim),
]);
