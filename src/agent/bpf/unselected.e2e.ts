import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { probeFeatures } from './features.ts';
import * as layout from './layout.gen.ts';
import { SocketLister, contents, hasTask } from './map-walk.fixture.ts';
import { loadProbes, type Probes } from './probes.ts';
import { ShapesServer, runClient } from './shapes.fixture.ts';
import { shapesOfFile } from './shapes-of-file.fixture.ts';
import { TargetSet } from './target-set.ts';
import { tierFor } from './tier.ts';

const shapes: readonly (readonly (string | number)[])[] = [
  ['keepalive', 8, 5000, '/unselected'],
  ['fresh', 500, '/unselected'],
  ['vectors'],
  ['pipeline', 20, 20, '/unselected'],
  ['close', 20],
];
// An address of its own, to look for; paths of `vectors` and `close` are those of every server.
const around = { env: { SHAPES_ADDRESS: '127.0.0.77' } };
const addressBytes = '7f00004d';

const { program } = shapesOfFile();
let probes: Probes;
let targets: TargetSet;
let sockets: SocketLister;

beforeEach(open);
afterEach(close);

function open(): void {
  probes = loadProbes(tierFor(probeFeatures()), { watchProcesses: false });
  probes.watch();
  targets = new TargetSet(probes.descriptors, probes.processIds);
  sockets = new SocketLister(fd('conns'));
}

function close(): void {
  sockets.close();
  targets.close();
  probes.close();
}

function fd(name: string): number {
  return probes.descriptors.get(name) ?? -1;
}

/** Every map whole. */
function everything(): ReadonlyMap<string, ReadonlyMap<string, string>> {
  return new Map([...probes.descriptors].map(([name, map]) => [name, contents(map)]));
}

interface Seen {
  /** Sockets with an element in the map of connections, of all there are. */
  readonly sockets: readonly string[];
  readonly tasks: boolean;
}

/** Puts a server and its clients through everything, and walks the maps of sockets and tasks while they are at it. */
async function busy(select: (pid: number) => void, surroundings = around): Promise<Seen & { readonly port: number }> {
  const target = await ShapesServer.start(program, ['server'], surroundings);
  select(target.pid);
  const pids: number[] = [target.pid];
  const seen = { sockets: [] as string[], tasks: false };
  const look = setInterval(() => {
    seen.sockets.push(...sockets.list());
    seen.tasks ||= pids.some((pid) => hasTask(fd('vectors'), pid));
  }, 5);
  for (const shape of shapes)
    await runClient(
      program,
      target.port,
      shape,
      (pid) => {
        select(pid);
        pids.splice(1, 1, pid);
      },
      surroundings,
    );
  clearInterval(look);
  await target.stop();
  return { ...seen, port: target.port };
}

describe('a busy process nobody selected', () => {
  test('changes not a byte of any map, and none of its sockets and tasks has an element', async () => {
    const before = everything();
    const seen = await busy(() => {});
    expect(everything()).toEqual(before);
    expect(seen).toMatchObject({ sockets: [], tasks: false });
  }, 60_000);

  test('leaves no entry beside a selected one, whose every trace the same walk finds', async () => {
    const select = (pid: number) => targets.set(pid, { serviceId: 1 });
    const selected = busy(select, { env: { SHAPES_ADDRESS: '127.0.0.1' } });
    const unselected = await busy(() => {});
    const { port, sockets: open, tasks } = await selected;
    const ports = new Set(open.flatMap((line) => line.split(' ').map(Number)));
    expect(ports.has(port)).toBe(true);
    expect(ports.has(unselected.port)).toBe(false);
    expect([tasks, unselected.tasks]).toEqual([true, false]);
    const peers = [...contents(fd('peers')).values()];
    expect(peers.filter((address) => address.endsWith('7f000001'))).not.toEqual([]);
    expect(peers.filter((address) => address.endsWith(addressBytes))).toEqual([]);
    const red = [...contents(fd('red')).keys()].map((key) => Buffer.from(key, 'hex'));
    expect(red.length).toBeGreaterThan(0);
    const portBytes = Buffer.alloc(2);
    portBytes.writeUInt16LE(unselected.port);
    const at = layout.redKey.serverPort;
    expect(red.filter((key) => key.subarray(at, at + 2).equals(portBytes))).toEqual([]);
    expect([...contents(fd('targets'))]).toEqual([]);
  }, 60_000);
});
