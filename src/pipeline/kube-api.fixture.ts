import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';

export interface FakeApi {
  readonly port: number;
  /** Folder with the token and the CA of a service account. */
  readonly account: string;
  /** Paths that were asked for, without their queries. */
  readonly asked: ReadonlySet<string>;
  /** Makes these the ready addresses of the only Service there is, and tells everyone who watches it. */
  setReady(addresses: readonly string[]): void;
  close(): Promise<void>;
}

/** An API server that knows some pods and their logs, for what Alloy asks of one: lists, watches, logs and its version. */
export async function openKubeApi(
  folder: string,
  pods: readonly object[],
  logLines: readonly string[],
): Promise<FakeApi> {
  const account = join(folder, 'account');
  mkdirSync(account, { recursive: true });
  const [key, certificate] = [join(folder, 'key.pem'), join(account, 'ca.crt')];
  const made = spawnSync(
    'openssl',
    `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1
     -addext subjectAltName=IP:127.0.0.1 -keyout ${key} -out ${certificate}`.split(/\s+/),
  );
  if (made.status !== 0) throw new Error(String(made.stderr));
  writeFileSync(join(account, 'token'), 'token');
  const asked = new Set<string>();
  const watching = new Set<ServerResponse>();
  let endpoints = endpointsOf([], 1);
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'https://127.0.0.1');
    asked.add(pathname);
    response.setHeader('content-type', 'application/json');
    if (pathname === '/version') response.end(JSON.stringify({ major: '1', minor: '34', gitVersion: 'v1.34.0' }));
    else if (pathname.endsWith('/log')) {
      response.setHeader('content-type', 'text/plain');
      response.write(logLines.map((line) => `${new Date().toISOString()} ${line}\n`).join(''));
    } else if (searchParams.get('watch') !== null) {
      if (pathname.endsWith('/endpoints')) watching.add(response);
      response.flushHeaders();
    } else {
      const [kind, items] = pathname.endsWith('/pods')
        ? ['PodList', pods]
        : pathname.endsWith('/endpoints')
          ? ['EndpointsList', [endpoints]]
          : ['ReplicaSetList', []];
      response.end(JSON.stringify({ kind, apiVersion: 'v1', metadata: { resourceVersion: '1' }, items }));
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  return {
    port,
    account,
    asked,
    setReady(addresses) {
      endpoints = endpointsOf(addresses, Number(endpoints.metadata.resourceVersion) + 1);
      for (const watch of watching) watch.write(`${JSON.stringify({ type: 'MODIFIED', object: endpoints })}\n`);
    },
    close: () => new Promise((done) => server.close(() => done()).closeAllConnections()),
  };
}

function endpointsOf(addresses: readonly string[], revision: number) {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'demo-alloy-sampler', namespace: 'observability', resourceVersion: String(revision) },
    subsets: addresses.map((ip) => ({ addresses: [{ ip }] })),
  };
}
