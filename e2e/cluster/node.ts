import { createReadStream, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { apiServer } from './api-server.ts';
import { makeCertificates } from './certificates.ts';
import { endProcesses, makeCgroups, removeCgroups } from './cgroups.ts';
import { containerd } from './containerd.ts';
import { controllerManager, scheduler } from './controllers.ts';
import { coredns, dnsObjects } from './coredns.ts';
import { type Daemon, logTail, pidOf, startDaemon, stopDaemon } from './daemon.ts';
import { etcd } from './etcd.ts';
import { importImage, importStream } from './image-import.ts';
import type { Image } from './image.ts';
import { applyObjects, kubectl } from './kubectl.ts';
import { kubeProxy } from './kube-proxy.ts';
import { kubelet } from './kubelet.ts';
import { withLock } from './lock.ts';
import { entering, inNetwork, inNode, makeNamespaces, netnsOf } from './namespaces.ts';
import { installPackages, nodePackages } from './packages.ts';
import { type Place, placeOf } from './place.ts';
import { buildPrograms } from './programs.ts';
import { pauseImageOf } from './program-image.ts';
import { type Progress, silent } from './progress.ts';
import { storage, storageObjects } from './storage.ts';
import { waitFor } from './wait.ts';

/** A running Kubernetes node. */
export interface RealNode {
  readonly place: Place;
  readonly kubeconfig: string;
  readonly address: string;
  /** Path of the network namespace, for nsenter --net. */
  readonly netns: string;
  /** JSON lines, one for each request to the API server. */
  readonly auditLog: string;
  /** Words in front of a command that put it inside the node, for callers that spawn it themselves. */
  readonly entering: readonly [string, ...string[]];
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** Runs a command inside the node, where pods and Services answer by name; its standard output. */
  inside(command: string, args: readonly string[]): Promise<string>;
  /** Imports an OCI or Docker archive. */
  loadImage(archive: string): Promise<void>;
  /** Imports an image made by `programImage` and friends, unless the node has it. */
  useImage(image: Image): Promise<void>;
  /** Ends one of the node's own programs with a signal and starts it again: `kube-apiserver`, `kubelet`, `kube-proxy`… */
  restart(program: string, signal?: NodeJS.Signals): Promise<void>;
  down(): Promise<void>;
}

/** Programs that must be built before a node can start. */
export const nodePrograms = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'kubelet',
  'kube-proxy',
  'coredns',
] as const;

const wholeMark = 'whole';

/** The node's programs in starting order; each is made when the ones before it run. */
const daemons: readonly ((place: Place) => Daemon)[] = [
  (place) => inNetwork(place, etcd(place)),
  (place) => inNetwork(place, apiServer(place)),
  (place) => inNetwork(place, controllerManager(place)),
  (place) => inNetwork(place, scheduler(place)),
  (place) => inNode(place, containerd(place)),
  (place) => inNode(place, kubelet(place)),
  (place) => inNetwork(place, kubeProxy(place)),
  (place) => inNetwork(place, coredns(place)),
  (place) => inNetwork(place, storage(place)),
];

/**
 * Brings up the node, or takes the one that already runs. What is missing is installed and built first.
 * A node left half way by a killed run is removed and made again. NetworkPolicies are accepted and not enforced: the
 * network plugin has no such part.
 */
export async function upNode({
  name,
  progress = silent,
}: { name?: string; progress?: Progress } = {}): Promise<RealNode> {
  if (process.getuid?.() !== 0) throw new Error('a Kubernetes node needs root: run the same command with sudo');
  const place = placeOf(name);
  return withLock(`${place.root}.lock`, async () => {
    if (await isWhole(place)) {
      progress(`node ${place.name} already runs`);
      return handle(place);
    }
    await installPackages(nodePackages, progress);
    await buildPrograms(nodePrograms, progress);
    await removeNode(place);
    await start(place, progress);
    return handle(place);
  });
}

/** Ends and removes the node and everything on it; does nothing if there is none. */
export async function downNode(name?: string): Promise<void> {
  const place = placeOf(name);
  await withLock(`${place.root}.lock`, () => removeNode(place));
}

/** The node that already runs; throws if none does. */
export async function findNode(name?: string): Promise<RealNode> {
  const place = placeOf(name);
  if (!(await isWhole(place))) throw new Error(`node ${place.name} is not up: make node-up`);
  return handle(place);
}

async function start(place: Place, progress: Progress): Promise<void> {
  const startMs = performance.now();
  mkdirSync(place.root, { recursive: true, mode: 0o711 });
  makeCgroups(place);
  await Promise.all([makeNamespaces(place), makeCertificates(place)]);
  progress('namespaces, cgroups and certificates made');
  try {
    const [pause] = await Promise.all([pauseImageOf(), startControlPlane(place, progress)]);
    await startNode(place, pause, progress);
  } catch (error) {
    throw new Error(`the node did not come up: ${reasonOf(error)}${failures(place)}`, { cause: error });
  }
  writeFileSync(join(place.root, wholeMark), '');
  progress(`node ${place.name} Ready in ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
}

async function startControlPlane(place: Place, progress: Progress): Promise<void> {
  await startNamed(place, ['etcd', 'kube-apiserver', 'containerd']);
  await waitFor('the API server', async () => (await kubectl(place, ['get', '--raw', '/readyz'])) === 'ok', {
    everyMs: 250,
  });
  progress('API server ready');
  await startNamed(place, ['kube-controller-manager', 'kube-scheduler']);
}

async function startNode(place: Place, pause: Image, progress: Progress): Promise<void> {
  const socket = join(place.root, 'mounts/run/containerd/containerd.sock');
  await waitFor('containerd', () => existsSync(socket));
  await startNamed(place, ['kubelet', 'kube-proxy']);
  await Promise.all([
    applyObjects(place, [...dnsObjects(place), ...storageObjects(), ...proxyObjects()]),
    waitFor('the pause image', () => importImage(place, pause).then(() => true)),
  ]);
  await startNamed(place, ['coredns', 'storage']);
  progress('kubelet, kube-proxy, DNS and storage started');
  await waitFor('the node to register', async () => (await kubectl(place, ['get', 'node', '-o', 'name'])) !== '');
  await kubectl(place, ['wait', '--for=condition=Ready', `node/${place.name}`, '--timeout=60s']);
  const taints = ['get', 'node', place.name, '-o', 'jsonpath={.spec.taints}'];
  await waitFor('the node to take pods', async () => (await kubectl(place, taints)) === '');
  const account = ['get', 'serviceaccount', 'default', '-n', 'default', '-o', 'name'];
  await waitFor('the default service account', async () => (await kubectl(place, account)) !== '');
}

/** kube-proxy is a user, not a member of a group with a role, so it needs the binding kubeadm would make. */
function proxyObjects(): object[] {
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'ostack-node-proxy' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:node-proxier' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'system:kube-proxy' }],
    },
  ];
}

async function startNamed(place: Place, names: readonly string[]): Promise<void> {
  for (const make of daemons) {
    const daemon = make(place);
    if (names.includes(daemon.name)) await startDaemon(place, daemon);
  }
}

async function isWhole(place: Place): Promise<boolean> {
  if (!existsSync(join(place.root, wholeMark))) return false;
  if (pidOf(place, 'namespaces') === undefined) return false;
  if (daemons.some((make) => pidOf(place, make(place).name) === undefined)) return false;
  return (await kubectl(place, ['get', '--raw', '/readyz']).catch(() => '')) === 'ok';
}

async function removeNode(place: Place): Promise<void> {
  await endProcesses(place);
  await removeCgroups(place);
  rmSync(place.root, { recursive: true, force: true, maxRetries: 5 });
}

function failures(place: Place): string {
  return daemons
    .map((make) => make(place).name)
    .filter((name) => pidOf(place, name) === undefined)
    .map((name) => ({ name, tail: logTail(place, name) }))
    .filter(({ tail }) => tail !== '')
    .map(({ name, tail }) => `\n--- ${name} ended, its last words:\n${tail}`)
    .join('');
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function handle(place: Place): RealNode {
  return {
    place,
    kubeconfig: place.kubeconfig,
    address: place.address,
    netns: netnsOf(place),
    auditLog: place.auditLog,
    entering: entering(place),
    kubectl: (args, input) => kubectl(place, args, input),
    inside: async (command, args) => {
      const program = inNode(place, { name: command, command, args });
      return (await execa(program.command, program.args, { maxBuffer: 256 << 20 })).stdout;
    },
    loadImage: (archive) => importStream(place, createReadStream(archive)),
    useImage: (image) => importImage(place, image),
    restart: async (program, signal) => {
      await stopDaemon(place, program, signal);
      await startNamed(place, [program]);
    },
    down: () => downNode(place.name),
  };
}
