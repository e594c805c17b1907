import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Discovery } from '../config/index.ts';
import { ProcessDiscovery } from './discovery.ts';
import type { Identity } from './identity.ts';
import { parsePod, type Pod } from './pod.ts';
import { FakeProc } from './proc.fixture.ts';

const nothing: Discovery = {
  namespaces: { include: [], exclude: [] },
  podSelector: { matchLabels: {}, matchExpressions: [] },
  ports: [],
  executables: [],
  pids: [],
  reportingThemselves: 'Skip',
};
const listening = '0A';
const established = '01';

let proc: FakeProc;
let targets: Map<number, number>;
let named: Map<number, Identity>;
let pods: Pod[];
let mostTargets: number;
beforeEach(() => {
  proc = new FakeProc();
  targets = new Map();
  named = new Map();
  pods = [];
  mostTargets = 16_384;
});
afterEach(() => proc.delete());

function discover(rules: Partial<Discovery>, node = ''): ProcessDiscovery {
  const discovery = new ProcessDiscovery({
    procRoot: proc.root,
    place: { node, host: 'h', clusterName: '', version: '1' },
    rules: { ...nothing, ...rules },
    serviceLimit: 4,
    now: () => 0,
    ownPid: 99,
    podOf: (uid) => pods.find((pod) => pod.uid === uid),
    onTarget: (pid, service) => {
      if (service === undefined) targets.delete(pid);
      else if (targets.size < mostTargets) targets.set(pid, service);
      return service === undefined || targets.has(pid);
    },
    onService: (service, identity) => named.set(service, identity),
  });
  discovery.scan();
  return discovery;
}

const container = (letter: string) => letter.repeat(64);
const uid = '7f3e1a52-0c4d-4b8e-9a61-2d5c8e7f1b03';
const inPod = (letter = 'a') => `0::/kubepods/besteffort/pod${uid}/${container(letter)}\n`;
const pod = (metadata: object = {}): Pod =>
  parsePod({
    metadata: { uid, name: 'shop-1', namespace: 'store', ...metadata },
    spec: { containers: [{ name: 'app' }, { name: 'side' }] },
    status: { containerStatuses: [{ name: 'app', containerID: `containerd://${container('a')}` }] },
  }) as Pod;

describe('on one host', () => {
  test('a named process is a target, with the children it gets later, and nothing else', () => {
    proc.add({ pid: 10, executable: '/bin/server' });
    proc.add({ pid: 11, executable: '/bin/other' });
    const discovery = discover({ pids: [10] });
    proc.add({ pid: 12, executable: '/bin/worker', parent: 10 });
    proc.add({ pid: 13, executable: '/bin/stranger', parent: 11 });
    for (const pid of [12, 13]) discovery.started(pid, false);
    expect([...targets.keys()]).toEqual([10, 12]);
    expect(discovery.counters.get('processes_skipped{reason="not-matched"}')).toBe(2);
  });

  test('the agent never follows itself', () => {
    proc.add({ pid: 99, executable: '/bin/ostack' });
    discover({ executables: ['*'] });
    expect(targets.size).toBe(0);
  });

  test('who listens on a wanted port is found, also in another network and when it begins later', () => {
    proc.add({ pid: 10, executable: '/a', sockets: [500], network: '7', tcp: [[8080, 0, listening, 500]] });
    proc.add({ pid: 11, executable: '/b', sockets: [501], tcp: [[9000, 0, listening, 501]] });
    const discovery = discover({ ports: [8080, 8081] });
    expect([...targets.keys()]).toEqual([10]);
    proc.add({ pid: 12, executable: '/late', sockets: [502], tcp: [[8081, 0, listening, 502]], network: '8' });
    discovery.started(12, false);
    discovery.refreshSockets();
    expect([...targets.keys()]).toEqual([10, 12]);
  });

  test('a worker that is handed connections counts as listening like its parent', () => {
    proc.add({ pid: 10, executable: '/a', sockets: [500], tcp: [[8080, 0, listening, 500]] });
    const discovery = discover({ ports: [8080] });
    proc.add({ pid: 11, executable: '/a', parent: 10 });
    discovery.started(11, true);
    expect(targets.get(11)).toBe(targets.get(10));
  });

  test('a child that inherited a target and is none loses it', () => {
    proc.add({ pid: 10, executable: '/srv/a' });
    const discovery = discover({ executables: ['/srv/*'] });
    targets.set(11, 1);
    proc.add({ pid: 11, executable: '/bin/sh', parent: 10 });
    discovery.started(11, true);
    expect([...targets.keys()]).toEqual([10]);
  });

  test('after an exec a process is somebody else', () => {
    proc.add({ pid: 10, executable: '/srv/a' });
    const discovery = discover({ executables: ['/srv/*'] });
    proc.add({ pid: 10, executable: '/srv/b' });
    discovery.started(10, true);
    expect(named.get(targets.get(10) as number)?.name).toBe('b');
    proc.add({ pid: 10, executable: '/bin/true' });
    discovery.started(10, true);
    expect(targets.size).toBe(0);
  });

  test('what talks to an OTLP receiver turns out to report by itself', () => {
    proc.add({ pid: 10, executable: '/a', sockets: [7], tcp: [[50_000, 4318, established, 7]] });
    const discovery = discover({ pids: [10] });
    expect(targets.size).toBe(0);
    expect(discovery.counters.get('processes_skipped{reason="reports-itself"}')).toBe(1);
    discovery.reconfigure({ ...nothing, pids: [10], reportingThemselves: 'Instrument' });
    expect([...targets.keys()]).toEqual([10]);
  });

  test('new rules apply at once to what runs', () => {
    proc.add({ pid: 10, executable: '/a' });
    proc.add({ pid: 11, executable: '/b' });
    const discovery = discover({ executables: ['/a'] });
    discovery.reconfigure({ ...nothing, executables: ['/b'] });
    expect([...targets.keys()]).toEqual([11]);
  });

  test('who is no longer named, and its children, are left alone', () => {
    proc.add({ pid: 10, executable: '/a' });
    const discovery = discover({ pids: [10] });
    proc.add({ pid: 11, executable: '/worker', parent: 10 });
    discovery.started(11, true);
    proc.remove(10);
    discovery.exited(10);
    expect([...targets.keys()]).toEqual([11]);
    discovery.reconfigure({ ...nothing, pids: [12] });
    expect([...targets.keys()]).toEqual([]);
  });

  test('when the ids are used up, the next service is not counted as another', () => {
    for (let i = 0; i < 6; i++) proc.add({ pid: 10 + i, executable: `/srv/s${i}` });
    const discovery = discover({ executables: ['/srv/*'] });
    expect(new Set(targets.values()).size).toBe(4);
    expect(discovery.counters.get('processes_skipped{reason="no-service-id"}')).toBe(2);
  });

  test('who had to wait for an id gets the next one that is free', () => {
    for (let i = 0; i < 5; i++) proc.add({ pid: 10 + i, executable: `/srv/s${i}` });
    const discovery = discover({ executables: ['/srv/*'] });
    expect(targets.has(14)).toBe(false);
    discovery.exited(10);
    proc.remove(10);
    discovery.services.flushed(1);
    discovery.scan();
    expect(targets.get(14)).toBe(1);
    expect(discovery.counters.get('processes_skipped{reason="no-service-id"}')).toBe(0);
  });

  test('whom the kernel has no room for is told from the others, and is a target as soon as there is room', () => {
    mostTargets = 2;
    for (let i = 0; i < 3; i++) proc.add({ pid: 10 + i, executable: '/srv/a' });
    const discovery = discover({ executables: ['/srv/*'] });
    const waiting = () => discovery.counters.get('processes_skipped{reason="targets-full"}');
    expect([[...targets.keys()], waiting(), discovery.followed]).toEqual([[10, 11], 1, 2]);
    discovery.scan();
    expect(targets.has(12)).toBe(false);
    proc.remove(10);
    discovery.scan();
    discovery.scan();
    expect([[...targets.keys()], waiting(), discovery.followed]).toEqual([[11, 12], 0, 3]);
  });

  test('how many were followed stays known when they have ended', () => {
    proc.add({ pid: 10, executable: '/srv/a' });
    proc.add({ pid: 11, executable: '/srv/a' });
    const discovery = discover({ executables: ['/srv/*'] });
    proc.add({ pid: 10, executable: '/srv/b' });
    discovery.started(10, true);
    for (const pid of [10, 11]) discovery.exited(pid);
    expect([discovery.counters.get('targets'), discovery.followed]).toEqual([0, 2]);
  });

  test('a lost exit is noticed at the next scan', () => {
    proc.add({ pid: 10, executable: '/a' });
    const discovery = discover({ executables: ['/a'] });
    proc.remove(10);
    discovery.scan();
    expect(targets.size).toBe(0);
  });
});

describe('what went unnoticed is found by the next scan', () => {
  test('an exec: the program, its name and its environment are read again', () => {
    proc.add({ pid: 10, executable: '/srv/a', environ: { OTEL_SERVICE_NAME: 'before' } });
    const discovery = discover({ executables: ['/srv/*'] });
    proc.add({ pid: 10, executable: '/srv/b', environ: { OTEL_SERVICE_NAME: 'after' } });
    discovery.scan();
    expect(named.get(targets.get(10) as number)?.name).toBe('after');
  });

  test('another process under the same id: it inherits nothing', () => {
    proc.add({ pid: 10, executable: '/srv/a' });
    const discovery = discover({ pids: [], ports: [8080], executables: ['/srv/*'] });
    expect([...targets.keys()]).toEqual([10]);
    proc.add({ pid: 10, executable: '/bin/b', startTicks: 9999 });
    discovery.scan();
    expect(targets.size).toBe(0);
  });

  test('a move into a container', () => {
    pods.push(pod());
    proc.add({ pid: 10, executable: '/a' });
    const discovery = discover({}, 'node-1');
    proc.add({ pid: 10, executable: '/a', cgroup: inPod() });
    discovery.scan();
    expect(targets.size).toBe(1);
  });
});

describe('in a cluster', () => {
  test('a process is named by the environment it has when its pod is known, not by that of the program before', () => {
    proc.add({ pid: 10, executable: '/a', cgroup: inPod(), environ: { OTEL_SERVICE_NAME: 'runtime' } });
    const discovery = discover({}, 'node-1');
    proc.add({ pid: 10, executable: '/a', cgroup: inPod(), environ: { OTEL_SERVICE_NAME: 'shop' } });
    pods.push(pod());
    discovery.reconsider();
    expect(named.get(1)?.name).toBe('shop');
  });

  test('an environment that is empty in the middle of an exec is read again', () => {
    proc.add({ pid: 10, executable: '/a', cgroup: inPod() });
    pods.push(pod());
    const discovery = discover({}, 'node-1');
    proc.add({ pid: 10, executable: '/a', cgroup: inPod(), environ: { OTEL_SERVICE_NAME: 'shop' } });
    discovery.reconsider();
    expect(named.get(targets.get(10) as number)?.name).toBe('shop');
  });

  test('a process waits for its pod to be known', () => {
    proc.add({ pid: 10, executable: '/a', cgroup: inPod() });
    const discovery = discover({}, 'node-1');
    expect(targets.size).toBe(0);
    pods.push(pod());
    discovery.reconsider();
    expect(targets.size).toBe(1);
    expect(named.get(1)?.resource).toMatchObject({ 'k8s.pod.name': 'shop-1', 'k8s.container.name': 'app' });
  });

  test('processes of one container share an id, other containers have their own', () => {
    pods.push(pod());
    proc.add({ pid: 10, executable: '/a', cgroup: inPod() });
    proc.add({ pid: 11, executable: '/b', cgroup: inPod() });
    proc.add({ pid: 12, executable: '/c', cgroup: inPod('b') });
    discover({}, 'node-1');
    expect(targets.get(10)).toBe(targets.get(11));
    expect(targets.get(12)).not.toBe(targets.get(10));
  });

  test('a pod is known by what its processes call themselves, as long as there are any', () => {
    pods.push(pod());
    proc.add({ pid: 10, executable: '/a', cgroup: inPod(), environ: { OTEL_SERVICE_NAME: 'till' } });
    const discovery = discover({}, 'node-1');
    expect(discovery.identityIn(uid)?.name).toBe('till');
    discovery.exited(10);
    expect(discovery.identityIn(uid)).toBeUndefined();
  });

  test('a pod that is left to its own reports is known by what it calls itself there', () => {
    pods.push(pod());
    const environ = { OTEL_SERVICE_NAME: 'till', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4318' };
    proc.add({ pid: 10, executable: '/a', cgroup: inPod(), environ });
    const discovery = discover({}, 'node-1');
    expect([discovery.identityIn(uid), discovery.reporterIn(uid)?.name]).toEqual([undefined, 'till']);
    discovery.reconfigure({ ...nothing, reportingThemselves: 'Instrument' });
    expect([discovery.identityIn(uid)?.reportsItself, discovery.reporterIn(uid)]).toEqual([true, undefined]);
    discovery.reconfigure(nothing);
    discovery.exited(10);
    expect(discovery.reporterIn(uid)).toBeUndefined();
  });

  test('a changed annotation reaches the policy of a running service', () => {
    pods.push(pod());
    proc.add({ pid: 10, executable: '/a', cgroup: inPod() });
    const discovery = discover({}, 'node-1');
    pods[0] = pod({ annotations: { 'ostack.io/sampling-percent': '75' } });
    discovery.reconsider();
    expect(named.get(targets.get(10) as number)?.samplingPercent).toBe(75);
  });

  test('programs of the node and of excluded namespaces are left alone', () => {
    pods.push(pod());
    proc.add({ pid: 10, executable: '/usr/bin/kubelet' });
    proc.add({ pid: 11, executable: '/a', cgroup: inPod() });
    const discovery = discover({ namespaces: { include: [], exclude: ['store'] } }, 'node-1');
    expect(targets.size).toBe(0);
    expect([...discovery.counters.entries()]).toEqual([
      ['targets', 0],
      ['processes_skipped{reason="not-in-a-pod"}', 1],
      ['processes_skipped{reason="namespace"}', 1],
    ]);
  });
});
