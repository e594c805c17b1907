import { readFileSync } from 'node:fs';

/**
 * The host's own addresses, loopback included, read in the network namespace of process 1 (the agent's own may be a
 * pod's). Empty if /proc does not tell.
 */
export function readHostAddresses(procRoot: string): ReadonlySet<string> {
  return new Set([
    ...parseLocalRoutes(text(`${procRoot}/1/net/fib_trie`)),
    ...parseInterfaces6(text(`${procRoot}/1/net/if_inet6`)),
    '127.0.0.1',
    '::1',
  ]);
}

/** Addresses marked `host LOCAL` in fib_trie; the address stands on the line above. */
export function parseLocalRoutes(trie: string): string[] {
  return [...trie.matchAll(/\|-- (\d+\.\d+\.\d+\.\d+)\n\s+\/32 host LOCAL/g)].map((match) => match[1] as string);
}

/** Addresses in if_inet6: 32 hex digits first on each line, here in the canonical short form. */
export function parseInterfaces6(table: string): string[] {
  return table.split('\n').flatMap((line) => {
    const digits = /^[0-9a-f]{32}/.exec(line)?.[0];
    const address = digits?.match(/.{4}/g)?.join(':');
    return address ? [new URL(`http://[${address}]`).hostname.slice(1, -1)] : [];
  });
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
