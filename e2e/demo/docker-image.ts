import { join } from 'node:path';
import { execa } from 'execa';

const checkout = join(import.meta.dirname, '../..');
const label = 'io.ostack.demo';

// BuildKit is not the default of every engine, and attestations would give the same content another id each time.
const env = { DOCKER_BUILDKIT: '1', BUILDX_NO_DEFAULT_ATTESTATIONS: '1' };

/** An image by its parts, as the chart takes them. */
export interface DockerImage {
  readonly repository: string;
  readonly tag: string;
}

/**
 * Builds a program of the checkout with the Dockerfile; `repository` is where its manifests look for it. The tag follows
 * the content, so that what did not change is neither loaded nor rolled out again.
 */
export async function buildImage(repository: string, entry: string): Promise<DockerImage> {
  const latest = `${repository}:dev`;
  const options = ['--build-arg', `ENTRY=${entry}`, '--label', label, '--tag', latest];
  await execa('docker', ['build', ...options, checkout], { stdio: 'inherit', env });
  const { stdout } = await execa('docker', ['image', 'inspect', '--format', '{{.Id}}', latest]);
  const id = stdout.trim().replace(/^sha256:/, '');
  const tag = `dev-${id.slice(0, 12)}`;
  await execa('docker', ['tag', latest, `${repository}:${tag}`]);
  return { repository, tag };
}

/** Removes every image this made, of earlier contents too. What the engine keeps for the next build is its own affair. */
export async function removeImages(): Promise<void> {
  const { stdout } = await execa('docker', ['image', 'ls', '--all', '--quiet', '--filter', `label=${label}`]);
  const ids = new Set(stdout.split('\n').filter(Boolean));
  if (ids.size > 0) await execa('docker', ['image', 'rm', '--force', ...ids]);
}
