import { join } from 'node:path';
import { execa } from 'execa';
import { bundledImage, importImages, testImages } from '../cluster/images.ts';
import { upNode } from '../cluster/node.ts';
import { buildPrograms } from '../cluster/programs.ts';
import type { Progress } from '../cluster/progress.ts';
import type { Ground } from './ground.ts';
import { helmOf } from './operator.ts';

const shopImage = 'ostack.test/shop:dev';
const tour = join(import.meta.dirname, 'tour.ts');

/** The Kubernetes node of `e2e/cluster`: no Docker, no registry. */
export async function nodeGround(progress: Progress): Promise<Ground> {
  const node = await upNode({ progress });
  await buildPrograms(['helm'], progress);
  await importImages(node.place, progress);
  await node.useImage(await bundledImage(shopImage, 'examples/shop/main.ts'));
  const address = async (service: string, namespace: string, port: number): Promise<string> => {
    const ip = await node.kubectl(['get', 'service', service, '-n', namespace, '-o', 'jsonpath={.spec.clusterIP}']);
    return `http://${ip.trim()}:${port}`;
  };
  return {
    title: `the real node ${node.place.name} of e2e/cluster`,
    stackPatch: { spec: { images: { overrides: testImages }, grafana: { enabled: false } } },
    readyWithinMs: 300_000,
    tagsFollowContent: false,
    operatorImage: { repository: 'ostack.test/ostack', tag: 'dev' },
    shopImage,
    grafana: 'its program cannot be had without a registry, so spec.grafana.enabled is false here',
    kubectl: (args, input) => node.kubectl(args, input),
    helm: helmOf(node),
    async tour(namespace, stack) {
      const urls = await Promise.all([
        address(`${stack}-tempo`, namespace, 3200),
        address(`${stack}-mimir`, namespace, 8080),
        address(`${stack}-loki`, namespace, 3100),
      ]);
      const [enter = '', ...inside] = node.entering;
      await execa(enter, [...inside, process.execPath, tour, ...urls], { stdio: 'inherit' });
    },
  };
}
