import { describe, expect, test } from '@jest/globals';
import { type RedRow, bucketBoundsNs } from '../bpf/contract.ts';
import type { Peer } from '../process/index.ts';
import { EdgeLedger } from './edge-ledger.ts';
import { endsOf, type EdgeSource } from './service-graph.ts';

const bucketCount = bucketBoundsNs.length + 1;
const names = ['', 'shop', 'cart', 'db'];
const party = (name: string) => ({ name, namespace: '' });
const pod = (name: string, counted: boolean, reportsItself = false): Peer => ({
  kind: 'workload',
  name,
  namespace: '',
  counted,
  reportsItself,
});
const row = (changes: Partial<RedRow>): RedRow => ({
  serviceId: 1,
  side: 'server',
  protocol: 'http',
  method: 'GET',
  status: 200,
  routeHash: 1n,
  peer: { address: '10.1.0.1', port: 0 },
  serverPort: 8080,
  count: 3n,
  sumNs: 9n,
  buckets: Array.from({ length: bucketCount }, (_, at) => (at === 0 ? 3n : 0n)),
  requestBytes: 0n,
  responseBytes: 0n,
  ...changes,
});

const calling = (address: string) => row({ side: 'client', peer: { address, port: 5000 }, serverPort: 5000 });

function edges(
  rows: readonly RedRow[],
  peers: Readonly<Record<string, Peer>>,
  inCluster = true,
  reporting: readonly number[] = [],
): string[] {
  const source: EdgeSource = {
    partyOf: (service) => (names[service] ? party(names[service]) : undefined),
    peerOf: (address) => peers[address] ?? { kind: 'outside' },
    reportsItself: (service) => reporting.includes(service),
    listenerOf: ({ serverPort }) => (serverPort === 8080 ? party('cart') : undefined),
    inCluster,
  };
  return new EdgeLedger(bucketCount)
    .read({ rows, nowMs: 0, endsOf: (row) => endsOf(row, source), startMs: () => 0 })
    .map(
      ({ client, server, virtual, requests, failed, side }) =>
        `${client.name} -> ${server.name} ${requests.count}/${failed} at the ${side}${virtual ? ', virtual' : ''}`,
    );
}

test('a call between two counted pods is one arrow, made by the server', () => {
  const server = row({ serviceId: 2, peer: { address: '10.1.0.1', port: 0 } });
  const client = row({ serviceId: 1, side: 'client', peer: { address: '10.1.0.2', port: 8080 } });
  const peers = { '10.1.0.1': pod('shop', true), '10.1.0.2': pod('cart', true) };
  expect(edges([server, client], peers)).toEqual(['shop -> cart 3/0 at the server']);
});

test('through a virtual address the server still makes the arrow', () => {
  const client = row({ side: 'client', peer: { address: '10.96.0.9', port: 80 } });
  expect(edges([client], { '10.96.0.9': { kind: 'service' } })).toEqual([]);
});

test('failed requests are counted, routes and statuses are folded', () => {
  const peers = { '10.1.0.1': pod('shop', true) };
  const rows = [
    row({ serviceId: 2 }),
    row({ serviceId: 2, status: 503 }),
    row({ serviceId: 2, routeHash: 2n, status: 404 }),
  ];
  expect(edges(rows, peers)).toEqual(['shop -> cart 9/3 at the server']);
});

test('a callee that nobody counts, and the world outside, are made by the client', () => {
  expect(edges([calling('10.1.0.9'), calling('203.0.113.5')], { '10.1.0.9': pod('legacy', false) })).toEqual([
    'shop -> legacy 3/0 at the client, virtual',
    'shop -> 203.0.113.5:5000 3/0 at the client, virtual',
  ]);
});

describe('with an SDK', () => {
  const peer = '10.1.0.1';

  test.each<[string, RedRow, boolean, Peer, string[]]>([
    [
      'at the far end of our call, ours is the only arrow',
      calling(peer),
      false,
      pod('till', false, true),
      ['shop -> till 3/0 at the client, virtual'],
    ],
    [
      'at the far end of a request we serve, the same',
      row({}),
      false,
      pod('till', false, true),
      ['till -> shop 3/0 at the server, virtual'],
    ],
    ['at both ends of a call, the arrow is theirs', calling(peer), true, pod('till', false, true), []],
    ['at both ends of a request we serve, too', row({}), true, pod('till', false, true), []],
    ['at both ends that agents count as well', row({}), true, pod('till', true, true), []],
    [
      'in our process, the far end without one',
      calling(peer),
      true,
      pod('legacy', false),
      ['shop -> legacy 3/0 at the client, virtual'],
    ],
    ['in our process, a user from outside is theirs', row({}), true, { kind: 'outside' }, []],
  ])('%s', (_, one, reporting, other, expected) => {
    expect(edges([one], { [peer]: other }, true, reporting ? [1] : [])).toEqual(expected);
  });
});

test('a caller from outside is a user', () => {
  expect(edges([row({ peer: { address: '198.51.100.7', port: 0 } })], {})).toEqual([
    'user -> shop 3/0 at the server, virtual',
  ]);
});

test("the kubelet's probes are no arrow, and a pending name none yet", () => {
  const rows = [row({ peer: { address: '10.244.0.1', port: 0 } }), row({ peer: { address: '10.3.3.3', port: 0 } })];
  expect(edges(rows, { '10.244.0.1': { kind: 'host' }, '10.3.3.3': { kind: 'pending' } })).toEqual([]);
});

test('on one host the client makes the arrow, to the service on that port', () => {
  const rows = [
    row({ serviceId: 2, peer: { address: '127.0.0.1', port: 0 } }),
    row({ side: 'client', peer: { address: '127.0.0.1', port: 8080 } }),
    row({ side: 'client', peer: { address: '127.0.0.1', port: 9 }, serverPort: 9 }),
  ];
  expect(edges(rows, { '127.0.0.1': { kind: 'host' } }, false)).toEqual([
    'shop -> cart 3/0 at the client',
    'shop -> 127.0.0.1:9 3/0 at the client, virtual',
  ]);
});

test('names are asked only for what was counted since, so that nobody is looked up who has long been silent', () => {
  const ledger = new EdgeLedger(bucketCount);
  const asked: bigint[] = [];
  const read = (rows: readonly RedRow[]) =>
    ledger.read({ rows, nowMs: 0, endsOf: ({ routeHash }) => void asked.push(routeHash), startMs: () => 0 });
  read([row({ routeHash: 1n }), row({ routeHash: 2n })]);
  read([row({ routeHash: 1n }), row({ routeHash: 2n, count: 4n })]);
  expect(asked).toEqual([1n, 2n, 2n]);
});
