import { randomBytes } from 'node:crypto';
import type { Stack } from '../api/index.ts';
import type { Cluster, Scope } from '../kube/index.ts';
import { grafanaAdminName, type Facts } from '../stack/index.ts';
import { foreignSecrets } from './foreign.ts';

/** What the fact finder needs of the cluster: reads, and following one more object. */
export type FactSource = Pick<Cluster, 'read' | 'contentHash'> & {
  watch(scope: Scope): void;
  waitSynced(timeoutMs: number): Promise<boolean>;
};

export interface FactOptions {
  readonly cluster: FactSource;
  readonly operatorImage: string;
  readonly operatorNamespace: string;
}

/** Gathers what only the cluster knows about a stack. Costs a request only when a foreign Secret has changed. */
export class FactFinder {
  private readonly options: FactOptions;
  // Two passes before the Secret is in the store must not make two passwords.
  private readonly passwords = new Map<string, string>();

  constructor(options: FactOptions) {
    this.options = options;
  }

  async factsOf(stack: Stack): Promise<Facts> {
    const { operatorImage, operatorNamespace } = this.options;
    const contentHashes = await this.contentHashes(stack);
    const grafanaPassword = stack.spec.grafana.auth === 'Password' ? this.grafanaPassword(stack) : undefined;
    return {
      contentHashes,
      operatorImage,
      operatorNamespace,
      ...(grafanaPassword !== undefined && { grafanaPassword }),
    };
  }

  /** Forgets what was made up for a stack that is gone. */
  forget(uid: string): void {
    this.passwords.delete(uid);
  }

  private async contentHashes(stack: Stack): Promise<Record<string, string>> {
    const { cluster } = this.options;
    const names = foreignSecrets(stack);
    for (const name of names) cluster.watch(foreignScope(stack.namespace, name));
    // A hash of a Secret that is merely not listed yet would roll its readers for nothing.
    if (names.length > 0 && !(await cluster.waitSynced(10_000))) throw new Error('Secrets cannot be watched yet');
    const hashes = await Promise.all(
      names.map((name) => cluster.contentHash({ apiVersion: 'v1', kind: 'Secret', namespace: stack.namespace, name })),
    );
    return Object.fromEntries(
      names.flatMap((name, i) => (hashes[i] === undefined ? [] : [[`Secret/${name}`, hashes[i]] as const])),
    );
  }

  private grafanaPassword(stack: Stack): string {
    const name = grafanaAdminName(stack);
    const live = this.options.cluster.read({ apiVersion: 'v1', kind: 'Secret', namespace: stack.namespace, name });
    const stored = (live?.['data'] as Record<string, string> | undefined)?.['admin-password'];
    if (stored !== undefined && stored !== '') return Buffer.from(stored, 'base64').toString('utf8');
    const made = this.passwords.get(stack.uid) ?? randomBytes(18).toString('base64url');
    this.passwords.set(stack.uid, made);
    return made;
  }
}

/** Follows one foreign Secret by name and without its content: thousands of others cost nothing. */
export function foreignScope(namespace: string, name: string): Scope {
  return { apiVersion: 'v1', kind: 'Secret', namespace, fieldSelector: `metadata.name=${name}`, metadataOnly: true };
}
