import { parseDuration } from '../../lib/duration.ts';
import type { Flaw } from '../schema/index.ts';

/** Histogram bounds have to grow, else the collector refuses its configuration. */
export function ascending(bounds: readonly string[]): readonly Flaw[] {
  const at = bounds.findIndex((bound, index) => index > 0 && !(ms(bound) > ms(bounds[index - 1]!)));
  if (at < 0) return [];
  const sorted = [...new Set(bounds)].sort((a, b) => ms(a) - ms(b));
  return [{ at: `[${at}]`, reason: `is not longer than the bound before it`, fix: `write [${sorted.join(', ')}]` }];
}

function ms(text: string): number {
  return parseDuration(text) ?? Number.NaN;
}

/** `http.route` and `http_route` are two attributes but one label of a metric. */
export function distinctLabels(dimensions: readonly string[]): readonly Flaw[] {
  const seen = new Map<string, string>();
  return dimensions.flatMap((dimension, index) => {
    const label = dimension.replaceAll(/[^A-Za-z0-9_]/g, '_');
    const first = seen.get(label);
    if (first === undefined) seen.set(label, dimension);
    if (first === undefined || first === dimension) return [];
    return [{ at: `[${index}]`, reason: `becomes the label ${label}, as ${first} does`, fix: 'leave one of them out' }];
  });
}

const host = /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)$/;

/** `host:port`, or a URL without credentials, query or fragment. */
export function plainEndpoint(endpoint: string): readonly Flaw[] {
  const flaw = endpoint.includes('://') ? urlFlaw(endpoint, ['http:', 'https:']) : addressFlaw(endpoint);
  return flaw ? [flaw] : [];
}

/** An http or https URL with a path of its own, for Prometheus remote write. */
export function remoteWriteUrl(url: string): readonly Flaw[] {
  const flaw = urlFlaw(url, ['http:', 'https:']);
  if (flaw) return [flaw];
  if (new URL(url).pathname !== '/') return [];
  return [{ reason: 'has no path', fix: 'write the whole push URL, such as https://mimir.example.com/api/v1/push' }];
}

function addressFlaw(address: string): Flaw | undefined {
  const match = /^(.*):(\d{1,5})$/.exec(address);
  if (!match) return { reason: 'has no port', fix: 'write host:port, such as otel.example.com:4317' };
  if (!host.test(match[1]!))
    return { reason: 'has no valid host', fix: 'write host:port, such as otel.example.com:4317' };
  const port = Number(match[2]);
  if (port < 1 || port > 65_535) return { reason: `has port ${port}`, fix: 'write a port from 1 to 65535' };
  return undefined;
}

function urlFlaw(text: string, schemes: readonly string[]): Flaw | undefined {
  const fix = 'write a URL such as https://otlp.example.com';
  if (!URL.canParse(text)) return { reason: 'is not a URL', fix };
  const url = new URL(text);
  if (!schemes.includes(url.protocol)) return { reason: `has the scheme ${url.protocol}`, fix };
  if (!host.test(url.hostname)) return { reason: 'has no valid host', fix };
  if (url.username || url.password) {
    return { reason: 'holds credentials', fix: 'take them out of the URL; they belong in a Secret' };
  }
  if (url.search || url.hash) return { reason: 'holds a query or fragment', fix: 'write the URL up to its path' };
  return undefined;
}

const labelKey = /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** The schema cannot bound the keys of a map. */
export function labelKeys(labels: Readonly<Record<string, string>>): readonly Flaw[] {
  return Object.keys(labels)
    .filter((key) => !labelKey.test(key))
    .map((key) => ({
      at: `["${key}"]`,
      reason: 'is not a label key',
      fix: 'write name or prefix/name, such as kubernetes.io/arch',
    }));
}

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

const owned: readonly (readonly string[])[] = [
  ['apiVersion'],
  ['kind'],
  ['status'],
  ['metadata', 'name'],
  ['metadata', 'namespace'],
  ['metadata', 'ownerReferences'],
  ['metadata', 'finalizers'],
  ['spec', 'selector'],
  ['spec', 'volumeClaimTemplates'],
];

/** Fields by which objects are found again: a patch of them would make orphans. */
export function ownedFields(patch: Readonly<Record<string, unknown>>): readonly Flaw[] {
  return owned
    .filter((path) => isWritten(patch, path))
    .map((path) => ({
      at: `.${path.join('.')}`,
      reason: 'is how the operator finds its objects again',
      fix: 'leave it out of the patch',
    }));
}

function isWritten(value: unknown, path: readonly string[]): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return true;
  return (
    typeof value === 'object' && value !== null && Object.hasOwn(value, key) && isWritten(Reflect.get(value, key), rest)
  );
}
