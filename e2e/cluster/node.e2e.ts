import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { leastOf } from '../../src/lib/least.fixture.ts';
import { processesOf } from './cgroups.ts';
import { bundledImage } from './images.ts';
import { downNode, type RealNode, upNode } from './node.ts';
import { placeOf } from './place.ts';
import { waitFor } from './wait.ts';

const name = 'ostack-e2e';
const place = placeOf(name);
const main = join(import.meta.dirname, 'main.ts');

/** Everything of a node that the machine could notice. */
function traces(): object {
  const hierarchies = readdirSync('/sys/fs/cgroup').map((hierarchy) => join('/sys/fs/cgroup', hierarchy, name));
  return {
    files: existsSync(place.root),
    mounts: readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(name)),
    links: execFileSync('ip', ['-o', 'link'], { encoding: 'utf8' }).match(/veth\w+|node0/g) ?? [],
    namespaces: existsSync('/run/netns') ? readdirSync('/run/netns') : [],
    cgroups: [join('/sys/fs/cgroup', name), ...hierarchies].filter((path) => existsSync(path)),
    processes: processesOf(place),
    commands: readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .map((pid) => readCommand(pid))
      .filter((command) => command.includes(place.root)),
  };
}

function readCommand(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // ended meanwhile
  }
}

const container = {
  name: 'probe',
  image: 'ostack.test/probe:dev',
  imagePullPolicy: 'IfNotPresent',
  securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
};

const restricted = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };

const web = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        securityContext: restricted,
        containers: [
          { ...container, args: ['serve', '8080'], readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 } },
        ],
      },
    },
  },
};

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
};

const claim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};

const client = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'client' },
  spec: {
    terminationGracePeriodSeconds: 0,
    securityContext: { ...restricted, runAsUser: 10001, runAsGroup: 10001, fsGroup: 10001 },
    containers: [{ ...container, volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
  },
};

const nothing = traces();

describe('a node', () => {
  let node: RealNode;
  const inClient = (...command: string[]): Promise<string> =>
    node.kubectl(['exec', 'client', '--', '/usr/local/bin/node', '/opt/ostack/probe.mjs', ...command]);

  beforeAll(async () => {
    node = await upNode({ name });
    await node.useImage(await bundledImage('ostack.test/probe:dev', 'e2e/cluster/probe.fixture.ts'));
    const list = { apiVersion: 'v1', kind: 'List', items: [web, service, claim, client] };
    await node.kubectl(['apply', '-f', '-'], JSON.stringify(list));
    await node.kubectl(['wait', 'pod', '--all', '--for=condition=Ready', '--timeout=60s']);
  });

  afterAll(() => downNode(name));

  test('runs the pods of a Service, found by its name from another pod', async () => {
    expect(await inClient('get', 'http://web.default.svc.cluster.local')).toMatch(/^hello from web-/);
    expect(await inClient('get', 'http://web')).toMatch(/^hello from web-/);
  });

  test('answers by cluster name to programs that enter it', async () => {
    expect(await node.inside('curl', ['--silent', '--max-time', '5', 'http://web.default'])).toMatch(
      /^hello from web-/,
    );
  });

  test('shows the logs of a pod', async () => {
    await inClient('get', 'http://web/told');
    expect(await node.kubectl(['logs', '-l', 'app=web'])).toContain('asked for /told');
  });

  test('gives a claim a volume which the group of the pod may write, and takes the data back with the claim', async () => {
    expect(await inClient('write', '/data/file')).toContain('written by 10001');
    const path = join(place.root, 'volumes', readdirSync(join(place.root, 'volumes'))[0] ?? 'none');
    expect(readFileSync(join(path, 'file'), 'utf8')).toBe('written by 10001');
    await node.kubectl(['delete', 'pod/client', 'pvc/data']);
    await waitFor('the volume to go', () => !existsSync(path));
  });

  test('is reused by the next run in under two seconds', async () => {
    const tookMs = await leastOf(2000, async () => {
      const startMs = performance.now();
      await upNode({ name });
      return performance.now() - startMs;
    });
    expect(tookMs).toBeLessThanOrEqual(2000);
  });

  test('brings back one of its own programs that was killed', async () => {
    await node.restart('kube-apiserver', 'SIGKILL');
    await waitFor('the API server', async () => (await node.kubectl(['get', '--raw', '/readyz'])) === 'ok');
  });

  test('leaves nothing on the machine, nor of pods that somebody froze', async () => {
    expect(processesOf(place).length).toBeGreaterThan(10);
    freezePods();
    await node.down();
    expect(traces()).toEqual(nothing);
  });
});

describe('a node whose making was killed half way', () => {
  // One moment while the control plane starts, one while the kubelet does.
  test.each(['kube-apiserver', 'kubelet'])('at the start of %s is removed without a trace', async (program) => {
    await killedWhen(program);
    expect(processesOf(place).length).toBeGreaterThan(0);
    await downNode(name);
    expect(traces()).toEqual(nothing);
  });

  test('is made again by the next run', async () => {
    await killedWhen('kubelet');
    const node = await upNode({ name });
    expect(await node.kubectl(['get', 'node', '-o', 'jsonpath={.items[*].metadata.name}'])).toBe(name);
    await node.down();
    expect(traces()).toEqual(nothing);
  });
});

/** What a container is left in by a program that ends while it tells it to. */
function freezePods(): void {
  const v2 = join('/sys/fs/cgroup', place.cgroup, 'kubepods/cgroup.freeze');
  if (existsSync(v2)) writeFileSync(v2, '1');
  else writeFileSync(join('/sys/fs/cgroup/freezer', place.cgroup, 'kubepods/freezer.state'), 'FROZEN');
}

async function killedWhen(program: string): Promise<void> {
  const child = spawn(process.execPath, [main, 'up'], { env: { ...process.env, OSTACK_NODE: name }, stdio: 'ignore' });
  const ended = once(child, 'exit');
  await waitFor(program, () => existsSync(join(place.root, 'pids', program)), { timeoutMs: 60_000, everyMs: 5 });
  child.kill('SIGKILL');
  await ended;
}
