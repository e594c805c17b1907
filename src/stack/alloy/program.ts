import type { k8s } from 'cdk8s-plus-28';
import { minimumStability, type AlloyConfig } from '../../alloy/index.ts';
import { portNumber } from '../ports.ts';

export const configDirectory = '/etc/alloy';
export const storagePath = '/var/lib/alloy';

/** Key of the configuration in its ConfigMap and name of the file. */
export const configFile = 'config.alloy';

/** Command line of both Alloy roles, at the lowest level at which every component of the configuration is on. */
export function alloyArgs(config: AlloyConfig): readonly string[] {
  return [
    'run',
    `${configDirectory}/${configFile}`,
    // The default listens on loopback only, where no probe and no scrape arrives.
    `--server.http.listen-addr=0.0.0.0:${portNumber('alloy-node', 'http')}`,
    `--storage.path=${storagePath}`,
    '--disable-reporting',
    `--stability.level=${minimumStability(config)}`,
  ];
}

/** What the configuration reads about its own pod. */
export const podEnv: readonly k8s.EnvVar[] = [
  fromField('K8S_NODE_NAME', 'spec.nodeName'),
  fromField('POD_NAME', 'metadata.name'),
];

function fromField(name: string, fieldPath: string): k8s.EnvVar {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}
