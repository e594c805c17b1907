import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where one development node lives: its names, addresses and paths. Two nodes never share any of them. */
export interface Place {
  readonly name: string;
  /** Directory of everything the node writes; `down` removes it. */
  readonly root: string;
  /** Cgroup path below each hierarchy; everything the node runs is inside it. */
  readonly cgroup: string;
  /** The node's address, the same in every node because each has its own network namespace. */
  readonly address: string;
  readonly apiServer: string;
  readonly kubeconfig: string;
  readonly auditLog: string;
}

export const nodeAddress = '172.31.255.1';
export const serviceRange = '10.96.0.0/16';
export const apiServiceAddress = '10.96.0.1';
export const dnsAddress = '10.96.0.10';
export const podRange = '10.244.0.0/24';

/**
 * The place of the node called `name` (default: environment OSTACK_NODE, else `ostack`).
 * Names start with `ostack` because the name is also a cgroup whose every process `down` ends.
 */
export function placeOf(name: string = process.env['OSTACK_NODE'] ?? 'ostack'): Place {
  if (!/^ostack[a-z0-9-]{0,12}$/.test(name)) {
    throw new Error(`node name "${name}" must start with "ostack" and have at most 12 more of a-z, 0-9 and "-"`);
  }
  const root = join('/var/tmp/ostack-node', name);
  return {
    name,
    root,
    cgroup: `/${name}`,
    address: nodeAddress,
    apiServer: `https://${nodeAddress}:6443`,
    kubeconfig: join(root, 'admin.kubeconfig'),
    auditLog: join(root, 'audit.log'),
  };
}

/** Directory of programs and image layers that outlive a node and a checkout. */
export function cacheDirectory(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ostack');
}
