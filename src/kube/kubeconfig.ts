import { KubeConfig } from '@kubernetes/client-node';
import { existsSync } from 'node:fs';
import type { OutgoingHttpHeaders } from 'node:http';
import type { AgentOptions } from 'node:https';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Endpoint } from './connect.ts';

/**
 * The endpoint of a kubeconfig file and context; without a file that of `KUBECONFIG` or `~/.kube/config`. Throws an Error
 * naming the file or context that is missing.
 */
export async function connectByFile(options: { kubeconfig?: string; context?: string }): Promise<Endpoint> {
  const config = new KubeConfig();
  if (options.kubeconfig !== undefined) config.loadFromFile(options.kubeconfig);
  else if (process.env['KUBECONFIG'] || existsSync(join(homedir(), '.kube/config'))) config.loadFromDefault();
  else throw new Error('no kubeconfig: there is no ~/.kube/config; name a file with --kubeconfig or in KUBECONFIG');
  // The library refuses plain http otherwise, and a server behind `kubectl proxy` speaks nothing else.
  config.clusters = config.clusters.map((each) => ({ ...each, ...(isPlain(each.server) && { skipTLSVerify: true }) }));
  if (options.context !== undefined) config.setCurrentContext(options.context);
  const cluster = config.getCurrentCluster();
  const context = config.getContextObject(config.getCurrentContext());
  if (!cluster || !context) throw new Error(`no cluster for context "${config.getCurrentContext()}" in the kubeconfig`);
  if (cluster.proxyUrl !== undefined) throw new Error(`cluster "${cluster.name}": proxy-url is not supported`);
  const filled: { ca?: unknown; cert?: unknown; key?: unknown; rejectUnauthorized?: boolean; servername?: string } = {};
  await config.applyToHTTPSOptions(filled as never);
  const { ca, cert, key, rejectUnauthorized, servername } = filled;
  return {
    url: cluster.server.replace(/\/+$/, ''),
    tls: Object.fromEntries(
      Object.entries({ ca, cert, key, rejectUnauthorized, servername }).filter(
        ([, v]) => v !== undefined && v !== null,
      ),
    ) as AgentOptions,
    namespace: context.namespace ?? 'default',
    async headers() {
      // Exec and OIDC plug-ins answer from their own cache until the token runs out.
      const request: { headers?: OutgoingHttpHeaders; auth?: string } = {};
      await config.applyToHTTPSOptions(request as never);
      const basic = request.auth ? { authorization: `Basic ${Buffer.from(request.auth).toString('base64')}` } : {};
      return { ...request.headers, ...basic };
    },
  };
}

const isPlain = (server: string): boolean => server.startsWith('http:');
