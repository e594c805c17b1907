import { Command, InvalidArgumentError, Option } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { hostEnvironment, InvalidConfig, parseConfig, runLocal, startAgentFromFile } from '../agent/index.ts';
import { parseDuration } from '../lib/duration.ts';
import { createLog } from '../lib/log.ts';
import { NotFine, WrongUsage } from './exit.ts';

interface Options {
  readonly config?: string;
  readonly node?: string;
  readonly local?: true;
  readonly pid: readonly number[];
  readonly port: readonly number[];
  readonly exec: readonly string[];
  readonly otlp: string;
  readonly percent: number;
  readonly slowerThan: number;
  readonly interval: number;
  readonly duration: number;
  readonly json?: true;
  readonly logLevel: string;
}

/** `ostack agent`: follows the HTTP traffic of selected processes, in a cluster (`--config`) or on this host (`--local`). */
export function agentCommand(): Command {
  return new Command('agent')
    .description('count requests and trace them from the kernel, without touching the programs')
    .addOption(
      new Option('--config <file>', 'configuration file of a node agent; changes apply at once').conflicts('local'),
    )
    .option('--node <name>', 'name of the Kubernetes node this runs on, in place of the one in the file')
    .option('--local', 'show the services of this host in a table; needs no cluster')
    .option('--pid <pid>', 'follow this process and its children (repeatable)', collect(integer), [])
    .option('--port <port>', 'follow who listens on this TCP port (repeatable)', collect(integer), [])
    .option('--exec <glob>', 'follow programs whose path matches (repeatable)', collect(String), [])
    .option('--otlp <url>', 'also send metrics and spans to this OTLP/HTTP receiver', endpoint, '')
    .option('--percent <percent>', 'share of ordinary requests that become spans', share, 10)
    .option('--slower-than <duration>', 'keep every request slower than this, 0 for none', duration, 500)
    .option('--interval <duration>', 'between two exports of metrics', duration, 10_000)
    .option('--duration <duration>', 'end after this time', duration, Number.POSITIVE_INFINITY)
    .option('--json', 'print one JSON document at the end instead of a table')
    .option('--log-level <level>', 'debug, info, warn, error or silent', 'info')
    .action((options: Options) => (options.local ? local(options) : node(options)));
}

async function node(options: Options): Promise<void> {
  if (options.config === undefined)
    throw new WrongUsage('say --config FILE for a node agent, or --local for this host');
  const log = createLog('agent', options.logLevel);
  const environment = hostEnvironment(log, manifest.version, true);
  const running = await startAgentFromFile(options.config, environment, options.node).catch((error: unknown) => {
    if (error instanceof InvalidConfig) log.fatal({ problems: error.problems }, 'the configuration is refused');
    throw error;
  });
  log.info(running.readiness(), 'the agent runs');
  const signal = await terminated();
  log.info({ signal: String(signal) }, 'the agent ends');
  await running.stop();
}

async function local(options: Options): Promise<void> {
  const { pid, port, exec } = options;
  if (pid.length + port.length + exec.length === 0) throw new WrongUsage('say whom to follow: --pid, --port or --exec');
  const stop = new AbortController();
  void terminated().then(() => stop.abort());
  // Whoever read the table has seen enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    stop.abort();
  });
  const { followed, wanted } = await runLocal(
    {
      pids: pid,
      ports: port,
      executables: exec,
      otlp: options.otlp,
      percent: options.percent,
      slowerThanMs: options.slowerThan,
      intervalMs: options.interval,
      durationMs: options.duration,
      json: options.json ?? false,
    },
    hostEnvironment(
      createLog('agent', options.logLevel === 'info' ? 'silent' : options.logLevel),
      manifest.version,
      false,
    ),
    process.stdout,
    stop.signal,
  );
  if (followed > 0) return;
  process.stderr.write(`ostack: nothing was followed: there was none for ${wanted}\n`);
  throw new NotFine();
}

function terminated(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}

function collect<T>(parse: (text: string) => T): (text: string, before: readonly T[]) => T[] {
  return (text, before) => [...before, parse(text)];
}

function integer(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('write a whole number above 0.');
  return Number(text);
}

function share(text: string): number {
  const percent = Number(text);
  if (!(percent >= 0 && percent <= 100)) throw new InvalidArgumentError('write a number from 0 to 100.');
  return percent;
}

/** By the rule of the configuration file. */
function endpoint(text: string): string {
  const parsed = parseConfig(JSON.stringify({ otlp: { endpoint: text } }));
  if (!parsed.ok) throw new InvalidArgumentError(`${parsed.problems.map(({ fix }) => fix).join('; ')}.`);
  return text;
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('write a duration such as "500ms" or "30s".');
  return ms;
}
