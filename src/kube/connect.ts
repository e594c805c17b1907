import { existsSync, readFileSync } from 'node:fs';
import type { AgentOptions } from 'node:https';
import type { OutgoingHttpHeaders } from 'node:http';

/** Where the API server is and how to be let in. */
export interface Endpoint {
  /** `https://host:port`, without a trailing slash; plain `http:` is taken for a server behind `kubectl proxy`. */
  readonly url: string;
  /** Certificate authority, client certificate, server name. */
  readonly tls: AgentOptions;
  /** Credentials, asked for before each request because tokens rotate. */
  headers(): Promise<OutgoingHttpHeaders>;
  /** The namespace this process runs in, or the one of the kubeconfig's context. */
  readonly namespace: string;
}

const mounted = '/var/run/secrets/kubernetes.io/serviceaccount';
const tokenLifetimeMs = 60_000;

/**
 * The endpoint of, in this order: the kubeconfig file given, the pod's own service account, `KUBECONFIG`, `~/.kube/config`.
 * Throws an Error naming the file or context that is missing.
 */
export async function connect(options: { kubeconfig?: string; context?: string } = {}): Promise<Endpoint> {
  const inPod = process.env['KUBERNETES_SERVICE_HOST'] !== undefined && existsSync(`${mounted}/token`);
  if (options.kubeconfig === undefined && options.context === undefined && inPod) return connectInCluster();
  // Loaded only here: what it needs costs 60 MB that a pod need not pay.
  const { connectByFile } = await import('./kubeconfig.ts');
  return connectByFile(options);
}

/** The endpoint of the pod this process runs in; the token file is read again every minute, as the kubelet rotates it. */
export function connectInCluster(
  directory = mounted,
  env: NodeJS.ProcessEnv = process.env,
  nowMs: () => number = () => performance.now(),
): Endpoint {
  const host = env['KUBERNETES_SERVICE_HOST'] ?? 'kubernetes.default.svc';
  const bracketed = host.includes(':') ? `[${host}]` : host;
  let token = '';
  let readAt = -Infinity;
  return {
    url: `https://${bracketed}:${env['KUBERNETES_SERVICE_PORT'] ?? '443'}`,
    tls: { ca: readFileSync(`${directory}/ca.crt`) },
    namespace: readFileSync(`${directory}/namespace`, 'utf8').trim(),
    async headers() {
      if (nowMs() - readAt > tokenLifetimeMs) {
        token = readFileSync(`${directory}/token`, 'utf8').trim();
        readAt = nowMs();
      }
      return { authorization: `Bearer ${token}` };
    },
  };
}
