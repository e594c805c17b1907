import { join } from 'node:path';
import { type Daemon } from './daemon.ts';
import type { Place } from './place.ts';
import { programPath } from './programs.ts';

/** etcd on the loopback of the node's network. */
export function etcd(place: Place): Daemon {
  return {
    name: 'etcd',
    command: programPath('etcd'),
    args: [
      `--data-dir=${join(place.root, 'etcd')}`,
      '--listen-client-urls=http://127.0.0.1:2379',
      '--advertise-client-urls=http://127.0.0.1:2379',
      '--listen-peer-urls=http://127.0.0.1:2380',
      '--initial-advertise-peer-urls=http://127.0.0.1:2380',
      '--initial-cluster=default=http://127.0.0.1:2380',
      // Only a crash of the whole machine could lose writes, and then the node is gone too.
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
  };
}
