#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { exitCode, NotFine, WrongUsage } from './exit.ts';

// Each command brings its own modules: `render` must not pay for the Kubernetes client, nor `status` for the synthesizer.
const file = '-f, --file <file>';
const fileHelp = 'YAML with one or more stacks; "-" reads standard input';

const program = new Command('ostack')
  .description('An observability stack for Kubernetes from one resource.')
  .version(manifest.version)
  .showHelpAfterError()
  .configureOutput({ writeErr: (text) => process.stderr.write(text) });

program
  .command('render')
  .description('print every object of a stack, without a cluster')
  .requiredOption(file, fileHelp)
  .option('-o, --output <yaml|directory>', 'one YAML stream, or a directory that gets one file an object', 'yaml')
  .option('-n, --namespace <name>', 'namespace of stacks that name none', 'default')
  .option('--image <image>', 'image of ostack itself', `ghcr.io/ostack/ostack:${manifest.version}`)
  .option('--operator-namespace <name>', 'where the operator runs', 'ostack-system')
  .action(async (options) => (await import('./render.ts')).render(options));

program
  .command('validate')
  .description('tell what is wrong with a stack: path, reason and fix')
  .requiredOption(file, fileHelp)
  .option('-o, --output <text|json>', 'how to tell it', 'text')
  .action(async (options) => (await import('./validate.ts')).validate(options));

const connected = (command: Command): Command =>
  command
    .option('--kubeconfig <file>', 'kubeconfig to use')
    .option('--context <name>', 'context of the kubeconfig')
    .option('-n, --namespace <name>', 'namespace; that of the context if not given');

connected(program.command('diff'))
  .description('show what applying a stack would change in the cluster')
  .requiredOption(file, fileHelp)
  .option('--image <image>', 'image of ostack itself', `ghcr.io/ostack/ostack:${manifest.version}`)
  .option('--operator-namespace <name>', 'where the operator runs', 'ostack-system')
  .action(async (options) => (await import('./diff.ts')).diff(options));

connected(program.command('status'))
  .argument('[name]', 'a stack; all of the namespace if not given')
  .description('show the conditions and components of stacks')
  .option('-o, --output <table|json>', 'how to show it', 'table')
  .option('-A, --all-namespaces', 'stacks of every namespace')
  .option('-w, --watch', 'show it again whenever it changes')
  .action(async (name, options) => (await import('./status.ts')).status(name, options));

program
  .command('operator')
  .description('run the operator')
  .option('--kubeconfig <file>', 'kubeconfig to use; the pod’s own account if not given')
  .option('--context <name>', 'context of the kubeconfig')
  .option('--namespace <name>', 'look after stacks of this namespace only')
  .option('--port <port>', 'port of /metrics, /healthz and /readyz', '8080')
  .option('--lease-namespace <name>', 'where the lease lives; the namespace of the pod if not given')
  .action(async (options) => (await import('./operator.ts')).operator(options, manifest.version));

/** Runs the command line; resolves to the exit code: 0 fine, 1 not, 2 wrong usage. */
async function main(args: readonly string[]): Promise<number> {
  try {
    // The agent describes its own flags, so that the operator's pods never load what it needs.
    if (args[0] === 'agent') program.addCommand((await import('./agent.ts')).agentCommand());
    else
      program
        .command('agent', { hidden: false })
        .description('count and trace what the programs of a node do')
        .allowUnknownOption();
    for (const command of [program, ...program.commands]) command.exitOverride();
    await program.parseAsync([...args], { from: 'user' });
    return exitCode.fine;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.fine : exitCode.wrongUsage;
    if (error instanceof NotFine) return exitCode.not;
    process.stderr.write(`ostack: ${(error as Error).message}\n`);
    return error instanceof WrongUsage ? exitCode.wrongUsage : exitCode.not;
  }
}

process.exitCode = await main(process.argv.slice(2));
