import { existsSync } from 'node:fs';
import type { Entry } from './archive.ts';
import { type Layer, layerOf } from './layer.ts';

const certificates = '/etc/ssl/certs/ca-certificates.crt';

const users = `root:x:0:0:root:/:/
program:x:10001:10001:program:/:/
nonroot:x:65532:65532:nonroot:/:/
`;

const groups = `root:x:0:
program:x:10001:
nonroot:x:65532:
`;

const entries: readonly Entry[] = [
  { kind: 'directory', path: 'etc', mode: 0o755 },
  { kind: 'text', path: 'etc/passwd', mode: 0o644, text: users },
  { kind: 'text', path: 'etc/group', mode: 0o644, text: groups },
  { kind: 'text', path: 'etc/nsswitch.conf', mode: 0o644, text: 'hosts: files dns\n' },
  { kind: 'directory', path: 'tmp', mode: 0o1777 },
];

/** What every program expects of a file system, and nothing else: users, /tmp, the machine's certificate authorities. */
export function baseLayer(): Promise<Layer> {
  return layerOf(
    existsSync(certificates)
      ? [...entries, { kind: 'file', path: certificates.slice(1), mode: 0o644, from: certificates }]
      : entries,
  );
}
