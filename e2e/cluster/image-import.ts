import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { execa } from 'execa';
import { archiveOf, type Image } from './image.ts';
import { inNode } from './namespaces.ts';
import type { Place } from './place.ts';
import { type Progress, silent } from './progress.ts';

interface Known {
  readonly digest: string;
  readonly layers: readonly string[];
}

function folderOf(place: Place): string {
  return join(place.root, 'images');
}

function recordOf(place: Place, name: string): string {
  return join(folderOf(place), `${encodeURIComponent(name)}.json`);
}

function read(path: string): Known {
  return JSON.parse(readFileSync(path, 'utf8')) as Known;
}

/** Layers of the images the node holds now; others may have been collected. */
function knownLayers(place: Place): Set<string> {
  if (!existsSync(folderOf(place))) return new Set();
  const files = readdirSync(folderOf(place));
  return new Set(files.flatMap((file) => read(join(folderOf(place), file)).layers));
}

/** Gives an image to the node. Does nothing if the node has this very image; sends only layers the node lacks. */
export async function importImage(place: Place, image: Image, progress: Progress = silent): Promise<void> {
  const record = recordOf(place, image.name);
  if (existsSync(record) && read(record).digest === image.digest) return;
  const startMs = performance.now();
  try {
    await importStream(place, archiveOf(image, knownLayers(place)));
  } catch {
    await importStream(place, archiveOf(image)); // a layer we counted on was collected
  }
  mkdirSync(folderOf(place), { recursive: true });
  const known: Known = { digest: image.digest, layers: image.layers.map((layer) => layer.digest) };
  writeFileSync(record, JSON.stringify(known));
  progress(`image ${image.name} in ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
}

/** Feeds an OCI or Docker archive to the node's containerd. */
export async function importStream(place: Place, archive: AsyncIterable<Buffer>): Promise<void> {
  const client = inNode(place, { name: 'ctr', command: 'ctr', args: ['-n', 'k8s.io', 'images', 'import', '-'] });
  await execa(client.command, client.args, { input: Readable.from(archive, { objectMode: false }) });
}
