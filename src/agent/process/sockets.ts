import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** One line of /proc/<pid>/net/tcp that interests us. */
export interface TcpSocket {
  readonly inode: number;
  readonly listening: boolean;
  readonly localPort: number;
  readonly remotePort: number;
}

const listen = '0A';
/** One expression over the whole table, because most of its lines may be connections that are long closed. */
const openSocket = /^ *\d+: [\dA-F]+:([\dA-F]{4}) [\dA-F]+:([\dA-F]{4}) (01|0A) \S+ \S+ \S+ +\d+ +\d+ (\d+)/gm;

/** Parses /proc/<pid>/net/tcp or tcp6: listening and established sockets with an owner. */
export function parseTcpTable(table: string): TcpSocket[] {
  return Array.from(table.matchAll(openSocket), ([, local = '', remote = '', state, inode]) => ({
    inode: Number(inode),
    listening: state === listen,
    localPort: Number.parseInt(local, 16),
    remotePort: Number.parseInt(remote, 16),
  }));
}

/** The sockets of the network namespace a process lives in. */
export function readTcpTable(procRoot: string, pid: number): TcpSocket[] {
  return ['tcp', 'tcp6'].flatMap((name) => {
    try {
      return parseTcpTable(readFileSync(`${procRoot}/${pid}/net/${name}`, 'latin1'));
    } catch {
      return [];
    }
  });
}

/** Which network namespace a process lives in; undefined if it is gone. */
export function networkOf(procRoot: string, pid: number): string | undefined {
  try {
    return readlinkSync(`${procRoot}/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}

/** True if the process holds one of these socket inodes open. */
export function holdsSocket(procRoot: string, pid: number, inodes: ReadonlySet<number>): boolean {
  const folder = `${procRoot}/${pid}/fd`;
  try {
    return readdirSync(folder).some((fd) => inodes.has(socketInode(`${folder}/${fd}`)));
  } catch {
    return false;
  }
}

function socketInode(path: string): number {
  try {
    return Number(/^socket:\[(\d+)\]$/.exec(readlinkSync(path))?.[1] ?? -1);
  } catch {
    return -1;
  }
}
