import { setFlagsFromString } from 'node:v8';
import { startOperator } from '../operator/index.ts';
import { createLog } from '../lib/log.ts';
import { WrongUsage } from './exit.ts';

export interface OperatorFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly port: string;
  readonly leaseNamespace?: string;
}

/** `ostack operator`: runs until SIGTERM or SIGINT; a replica that loses its lease stands by for the next. */
export async function operator(flags: OperatorFlags, version: string): Promise<void> {
  const port = Number(flags.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new WrongUsage('--port is a number from 0 to 65535');
  // Lists and answers are garbage as soon as they are read: a small heap is worth more here than a fast collector.
  setFlagsFromString('--optimize-for-size');
  const env = process.env;
  const log = createLog('operator', env['OSTACK_LOG_LEVEL'] ?? 'info');
  const terminated = new Promise<NodeJS.Signals>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  const leaseNamespace = flags.leaseNamespace ?? env['POD_NAMESPACE'];
  for (;;) {
    const lost = Promise.withResolvers<'lost'>();
    const running = await startOperator({
      ...(flags.kubeconfig !== undefined && { kubeconfig: flags.kubeconfig }),
      ...(flags.context !== undefined && { context: flags.context }),
      ...(flags.namespace !== undefined && { namespace: flags.namespace }),
      ...(leaseNamespace !== undefined && { leaseNamespace }),
      ...(env['POD_NAME'] !== undefined && { identity: env['POD_NAME'] }),
      image: env['OSTACK_IMAGE'] ?? `ghcr.io/ostack/ostack:${version}`,
      port,
      log,
      onLost: () => lost.resolve('lost'),
    });
    log.info({ version, port: running.port, identity: running.identity }, 'operator started');
    const why = await Promise.race([terminated, lost.promise]);
    log.info({ why }, 'operator stops');
    await running.stop();
    if (why !== 'lost') return;
    // It starts afresh as a follower, in this process: a container that ends waits longer each time to come back.
  }
}
