import { execa } from 'execa';

const cluster = 'ostack';

/** The context kind gives the cluster in the user's kubeconfig; the Tiltfile names the same. */
export const kindContext = `kind-${cluster}`;

const needed = [
  ['docker', 'info'],
  ['kind', 'version'],
  ['kubectl', 'version', '--client'],
  ['helm', 'version'],
] as const;

/** Which of a Docker engine that answers, kind, kubectl and helm this machine lacks; none means a kind cluster can be had. */
export async function missingForKind(): Promise<readonly string[]> {
  const probes = needed.map(([file, ...args]) => execa(file, args, { reject: false, timeout: 10_000 }));
  const results = await Promise.all(probes);
  return results.flatMap(({ failed }, index) => (failed ? [needed[index]![0]] : []));
}

/** Makes the cluster, or takes the one that is there; throws if that one does not answer. */
export async function upKind(): Promise<void> {
  if (!(await exists())) {
    await execa('kind', ['create', 'cluster', '--name', cluster, '--wait', '120s'], { stdio: 'inherit' });
    return;
  }
  await execa('kind', ['export', 'kubeconfig', '--name', cluster]);
  const ready = ['wait', 'node', '--all', '--for=condition=Ready', '--timeout=60s'];
  await execa('kubectl', ['--context', kindContext, ...ready]).catch((error: unknown) => {
    throw new Error(`the kind cluster ${cluster} does not answer; \`make demo-down\` removes it`, { cause: error });
  });
}

/** Gives an image of the Docker engine to every node of the cluster; kind leaves out those that have it. */
export async function loadImage(image: string): Promise<void> {
  await execa('kind', ['load', 'docker-image', image, '--name', cluster], { stdio: 'inherit' });
}

/** Deletes the cluster; false if there is none. */
export async function deleteKind(): Promise<boolean> {
  if (!(await exists())) return false;
  await execa('kind', ['delete', 'cluster', '--name', cluster], { stdio: 'inherit' });
  return true;
}

async function exists(): Promise<boolean> {
  const { stdout } = await execa('kind', ['get', 'clusters']);
  return stdout.split('\n').includes(cluster);
}
