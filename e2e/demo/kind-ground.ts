import { join } from 'node:path';
import { execa } from 'execa';
import type { Ground } from './ground.ts';

const tour = join(import.meta.dirname, 'tour.ts');
const cluster = 'ostack';
const context = `kind-${cluster}`;

/** True where a Docker engine answers and kind, kubectl and helm are on the PATH. */
export async function hasKind(): Promise<boolean> {
  const probes = [
    ['docker', 'info'],
    ['kind', 'version'],
    ['kubectl', 'version', '--client'],
    ['helm', 'version'],
  ] as const;
  const results = await Promise.all(
    probes.map(([file, ...args]) => execa(file, args, { reject: false, timeout: 10_000 })),
  );
  return results.every(({ exitCode }) => exitCode === 0);
}

/** A kind cluster with the published images. */
export async function kindGround(): Promise<Ground> {
  const { stdout } = await execa('kind', ['get', 'clusters']);
  if (!stdout.split('\n').includes(cluster)) {
    await execa('kind', ['create', 'cluster', '--name', cluster, '--wait', '120s'], { stdio: 'inherit' });
  }
  return {
    title: `kind cluster ${cluster}`,
    stackPatch: {},
    operatorImage: { repository: 'ghcr.io/ostack/ostack', tag: '0.1.0' },
    shopImage: 'ghcr.io/ostack/shop:0.1.0',
    kubectl: async (args, input) =>
      (await execa('kubectl', ['--context', context, ...args], input === undefined ? {} : { input })).stdout,
    helm: async (args) => (await execa('helm', [...args, '--kube-context', context])).stdout,
    async tour(namespace, stack) {
      const ports = { tempo: 3200, mimir: 8080, loki: 3100 };
      const forwards = Object.entries(ports).map(([name, port]) =>
        execa(
          'kubectl',
          ['--context', context, 'port-forward', '-n', namespace, `svc/${stack}-${name}`, `1${port}:${port}`],
          {
            reject: false,
          },
        ),
      );
      try {
        const urls = Object.values(ports).map((port) => `http://127.0.0.1:1${port}`);
        await execa(process.execPath, [tour, ...urls], { stdio: 'inherit' });
      } finally {
        for (const forward of forwards) forward.kill();
      }
    },
  };
}

/** Deletes the demo's cluster; nothing happens if there is none. */
export async function kindDown(): Promise<void> {
  await execa('kind', ['delete', 'cluster', '--name', cluster], { stdio: 'inherit' });
}
