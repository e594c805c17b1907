import type { Flaw } from '../schema/index.ts';

const reference =
  /^(?:[A-Za-z0-9.-]+(?::\d{1,5})?\/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

/** An image that can be told apart from tomorrow's: a reference with a tag other than latest, or a digest. */
export function pinned(image: string): readonly Flaw[] {
  const fix = 'write registry/path:tag or registry/path@sha256:…, such as docker.io/grafana/tempo:2.9.0';
  if (!reference.test(image)) return [{ reason: 'is not an image reference', fix }];
  const tag = /:([^:/@]+)(?:@|$)/.exec(image.replace(/@sha256:.*/, ''))?.[1];
  if (image.includes('@') || (tag !== undefined && tag !== 'latest')) return [];
  return [{ reason: `has ${tag === undefined ? 'no tag' : 'the tag latest'}, so it changes unseen`, fix }];
}
