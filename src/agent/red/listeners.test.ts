import { beforeEach, describe, expect, test } from '@jest/globals';
import { FakeKernel } from '../kernel.fixture.ts';
import { Services, type Peer } from '../process/index.ts';
import { pointsOf, shown } from './decoded.fixture.ts';
import { Red } from './red.ts';

const port = 8080;
const at = (address: string, to = port) => ({ address, port: to });

let kernel: FakeKernel;
let services: Services;
beforeEach(() => {
  kernel = new FakeKernel();
  services = new Services(8, () => 0);
});

function service(name: string, pod?: string): number {
  const resource = { 'service.name': name, 'k8s.pod.uid': pod };
  return services.enter({ key: name, name, namespace: '', resource }) as number;
}

/** Served and called over addresses of the host, each end by its service. */
const served = (serviceId: number, address = '10.1.0.9') =>
  kernel.exchange({ path: '/', serviceId, local: at(address), remote: at('127.0.0.1', 40_000) });
const called = (serviceId: number, address: string) =>
  kernel.exchange({ path: '/', serviceId, side: 'client', local: at('127.0.0.1', 40_000), remote: at(address) });

/** Who is drawn to call whom. */
function arrows(inCluster: boolean): string[] {
  const red = new Red({
    kernel,
    removeService: () => 0n,
    services,
    routes: [],
    families: ['serviceGraph'],
    seriesLimit: 100,
    peerOf: (): Peer => ({ kind: 'host' }),
    inCluster,
    ownResource: () => ({}),
    startMs: 0,
  });
  const points = pointsOf(red.collect(1), 'traces_service_graph_request_total', 1);
  return points.map((point) => `${shown(point, 'client')} -> ${shown(point, 'server')}`);
}

describe('in a cluster, a call to loopback', () => {
  test('is an arrow to who listens in the same pod', () => {
    const [app, sidecar, stranger] = [service('app', 'a'), service('sidecar', 'a'), service('stranger', 'b')];
    served(sidecar, '127.0.0.1');
    served(stranger);
    called(app, '127.0.0.1');
    expect(arrows(true)).toEqual(['app -> sidecar']);
  });

  test.each(['127.0.0.1', '127.0.0.53', '::1'])('is none to another pod on that port (%s)', (address) => {
    const [app, stranger] = [service('app', 'a'), service('stranger', 'b')];
    served(stranger);
    called(app, address);
    expect(arrows(true)).toEqual([]);
  });

  test("is none to a call of the node's address: whoever is there makes it, if anybody counts", () => {
    const [app, sidecar] = [service('app', 'a'), service('sidecar', 'a')];
    served(sidecar);
    called(app, '192.168.1.7');
    expect(arrows(true)).toEqual([]);
  });
});

describe('on one host', () => {
  test('the only service on a port is who was called', () => {
    const [app, cart] = [service('app'), service('cart')];
    served(cart);
    called(app, '127.0.0.1');
    expect(arrows(false)).toEqual(['app -> cart']);
  });

  test('of two in different networks on one port neither is guessed', () => {
    const [app, cart, other] = [service('app'), service('cart'), service('other')];
    served(cart);
    served(other);
    called(app, '127.0.0.1');
    expect(arrows(false)).toEqual(['app -> 127.0.0.1:8080']);
  });
});
