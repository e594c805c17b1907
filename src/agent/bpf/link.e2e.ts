import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ShapesServer, runClient } from './shapes.fixture.ts';
import { shapesOfFile } from './shapes-of-file.fixture.ts';
import { Trial, keepNothing } from './trial.fixture.ts';
import { TwoNetworks } from './two-networks.fixture.ts';

const server = 1;
const client = 2;

const { program } = shapesOfFile();
let networks: TwoNetworks;

beforeAll(() => {
  networks = new TwoNetworks();
});
afterAll(() => networks.remove());

test('100,000 messages across two networks and address translation: both ends derive the same ids', async () => {
  const trial = new Trial({ keptRingBytes: 16 << 20 });
  for (const id of [server, client]) trial.kernel.setPolicy(id, { ...keepNothing, threshold: 0n });
  const { addresses } = networks;
  const target = await ShapesServer.start(program, ['server'], {
    through: networks.through(networks.server),
    env: { SHAPES_ADDRESS: addresses.server },
  });
  networks.forward(target.port);
  trial.select(server)(target.pid);
  const around = { through: networks.through(networks.client), env: { SHAPES_ADDRESS: addresses.virtual } };
  // In five parts, each of which the ring has room for.
  for (let part = 0; part < 5; part++) {
    await runClient(program, 80, ['keepalive', 16, 1250], trial.select(client), around);
    trial.settle();
  }
  await target.stop();
  expect(trial.kernel.readHealth()).toMatchObject({ keptRingFull: 0n });
  trial.kernel.close();
  const at = (id: number) => trial.kept.filter((exchange) => exchange.serviceId === id);
  expect([at(server).length, at(client).length]).toEqual([100_000, 100_000]);
  expect(new Set(at(client).map(({ remote }) => `${remote.address}:${remote.port}`))).toEqual(
    new Set([`${addresses.virtual}:80`]),
  );
  expect(new Set(at(server).map(({ remote }) => remote.address))).toEqual(new Set([addresses.client]));
  const key = ({ traceId, requestSequence }: { traceId: string; requestSequence: number }) =>
    `${traceId} ${requestSequence}`;
  const sent = new Set(at(client).map(key));
  expect(sent.size).toBe(100_000);
  expect(at(server).filter((exchange) => !sent.has(key(exchange))).length).toBe(0);
}, 60_000);
