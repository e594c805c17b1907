import { join } from 'node:path';
import { execa } from 'execa';
import type { Progress } from '../cluster/progress.ts';
import { clientOf } from './context.ts';
import { buildImage, type DockerImage, removeImages } from './docker-image.ts';
import type { Ground } from './ground.ts';
import { deleteKind, kindContext, loadImage, upKind } from './kind-cluster.ts';
import { portForward } from './port-forward.ts';

const tour = join(import.meta.dirname, 'tour.ts');
const programs = { ostack: 'src/cli/main.ts', shop: 'examples/shop/main.ts' } as const;
const ports = { tempo: 3200, mimir: 8080, loki: 3100 } as const;

/** A kind cluster: ostack and the shop built from the checkout, everything else from its published image. */
export async function kindGround(say: Progress): Promise<Ground> {
  say(`making or finding the kind cluster ${kindContext}`);
  await upKind();
  const image = async (name: keyof typeof programs): Promise<DockerImage> => {
    say(`building ${name} with the Dockerfile`);
    const built = await buildImage(`ostack.test/${name}`, programs[name]);
    await loadImage(`${built.repository}:${built.tag}`);
    return built;
  };
  const operatorImage = await image('ostack');
  const shop = await image('shop');
  return {
    ...clientOf(kindContext),
    title: `kind cluster, context ${kindContext}`,
    stackPatch: {},
    // Five images of other projects are pulled the first time.
    readyWithinMs: 900_000,
    tagsFollowContent: true,
    operatorImage,
    shopImage: `${shop.repository}:${shop.tag}`,
    grafana: `kubectl --context ${kindContext} -n observability port-forward svc/demo-grafana 3000, then http://localhost:3000`,
    async tour(namespace, stack) {
      const wanted = Object.entries(ports).map(([name, port]) => ({ namespace, service: `${stack}-${name}`, port }));
      const forwards = await Promise.all(wanted.map((each) => portForward(kindContext, each)));
      try {
        await execa(process.execPath, [tour, ...forwards.map(({ url }) => url)], { stdio: 'inherit' });
      } finally {
        await Promise.all(forwards.map((forward) => forward.stop()));
      }
    },
  };
}

/** Deletes the demo's cluster and the images made for it. */
export async function kindDown(): Promise<void> {
  await deleteKind();
  await removeImages();
}
