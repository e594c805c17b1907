import { createHash } from 'node:crypto';
import { tarEnd, tarMember } from './archive.ts';
import type { Layer } from './layer.ts';

/** What a container of the image starts with. */
export interface ImageSettings {
  readonly entrypoint: readonly string[];
  readonly user?: string;
  readonly env?: readonly string[];
  readonly workingDirectory?: string;
}

/** An OCI image held as its parts. */
export interface Image {
  readonly name: string;
  /** `sha256:…` of the configuration; it changes with any layer or setting. */
  readonly digest: string;
  readonly config: Buffer;
  readonly layers: readonly Layer[];
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** Puts layers and settings together under a name like `ostack.test/tempo:v2.9.0`. */
export function imageOf(name: string, settings: ImageSettings, layers: readonly Layer[]): Image {
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: {
        Entrypoint: settings.entrypoint,
        ...(settings.user && { User: settings.user }),
        Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...(settings.env ?? [])],
        WorkingDir: settings.workingDirectory ?? '/',
      },
      rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.digest) },
    }),
  );
  return { name, digest: digestOf(config), config, layers };
}

/**
 * The image as an OCI archive (image layout 1.0.0 in a tar), streamed.
 * Layers in `known` are left out: the node has them already and finds them by digest.
 */
export async function* archiveOf(image: Image, known: ReadonlySet<string> = new Set()): AsyncGenerator<Buffer> {
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaType('manifest.v1+json'),
      config: { mediaType: mediaType('config.v1+json'), digest: image.digest, size: image.config.length },
      layers: image.layers.map(({ digest, size }) => ({ mediaType: mediaType('layer.v1.tar'), digest, size })),
    }),
  );
  const index = {
    schemaVersion: 2,
    manifests: [
      {
        mediaType: mediaType('manifest.v1+json'),
        digest: digestOf(manifest),
        size: manifest.length,
        annotations: { 'io.containerd.image.name': image.name, 'org.opencontainers.image.ref.name': image.name },
      },
    ],
  };
  yield* textMember('oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}'));
  yield* textMember(blobPath(digestOf(manifest)), manifest);
  yield* textMember(blobPath(image.digest), image.config);
  for (const layer of image.layers) {
    if (!known.has(layer.digest)) yield* tarMember(blobPath(layer.digest), layer.size, layer.content());
  }
  yield* textMember('index.json', Buffer.from(JSON.stringify(index)));
  yield tarEnd;
}

function mediaType(part: string): string {
  return `application/vnd.oci.image.${part}`;
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function textMember(path: string, content: Buffer): AsyncGenerator<Buffer> {
  return tarMember(path, content.length, once(content));
}

async function* once(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}
