import { execa } from 'execa';
import { Command } from 'commander';
import { kubeconfigOf } from './certificates.ts';
import { downNode, findNode, upNode } from './node.ts';
import { inNode } from './namespaces.ts';
import { programs } from '../tools/programs.ts';
import { importImages } from './images.ts';
import { buildPrograms, missingPrograms, programPath } from './programs.ts';
import { timedProgress } from './progress.ts';
import { installPackages, probePackages } from './packages.ts';
import { placeOf } from './place.ts';

const program = new Command('cluster')
  .description('a real Kubernetes node for development and tests')
  .enablePositionalOptions();

program
  .command('up')
  .description('bring up the node, or reuse the one that runs')
  .action(async () => {
    const node = await upNode({ progress: timedProgress() });
    console.log(`export KUBECONFIG=${node.kubeconfig}`);
  });

program
  .command('down')
  .description('end the node and remove everything of it')
  .action(() => downNode());

program
  .command('probe-packages')
  .description('install what building the probes needs')
  .action(() => installPackages(probePackages, timedProgress()));

program
  .command('programs')
  .description('build the pinned programs that are not in the cache')
  .action(() =>
    buildPrograms(
      programs.map(({ name }) => name),
      timedProgress(),
    ),
  );

program
  .command('images')
  .description('make the images of the backends and of ostack and give them to the node')
  .action(async () => importImages((await findNode()).place, timedProgress()));

program
  .command('status')
  .description('what runs and what is missing')
  .action(async () => {
    const missing = missingPrograms();
    if (missing.length > 0) console.log(`not built: ${missing.join(', ')}`);
    const node = await findNode();
    console.log(await node.kubectl(['get', 'node,pod', '-A', '-o', 'wide']));
  });

program
  .command('kubectl')
  .description('kubectl as administrator')
  .argument('[args...]')
  .passThroughOptions()
  .allowUnknownOption()
  .helpOption(false)
  .action((args: string[]) => inside(programPath('kubectl'), args));

program
  .command('enter')
  .description("a command in the node's network, where pods and Services answer; a shell if none is given")
  .argument('[command...]')
  .passThroughOptions()
  .allowUnknownOption()
  .helpOption(false)
  .action((command: string[]) => inside(command[0] ?? process.env['SHELL'] ?? '/bin/sh', command.slice(1)));

async function inside(command: string, args: readonly string[]): Promise<void> {
  const place = placeOf();
  const entered = inNode(place, { name: command, command, args });
  const env = { KUBECONFIG: kubeconfigOf(place, 'admin') };
  const { exitCode } = await execa(entered.command, entered.args, { stdio: 'inherit', env, reject: false });
  process.exitCode = exitCode ?? 1;
}

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
