import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pki } from '../cluster/certificates.ts';
import type { FaultProxy } from '../cluster/fault-proxy.ts';
import { startNodeFaultProxy } from '../cluster/node-fault-proxy.ts';
import { operatorNamespace } from '../demo/chart.ts';
import { createLog } from '../../src/lib/log.ts';
import { startOperator } from '../../src/operator/index.ts';
import { eventually } from './eventually.ts';
import type { Stage } from './stage.ts';

/** Watches are compared with lists this often, so that a missed event is found while the scenario still looks. */
const auditMs = 20_000;

/** An operator of this process, with the rights of the chart, every request of which passes the proxy. */
export interface ProxiedOperator {
  readonly proxy: FaultProxy;
  /** Value of one of its metrics that has no labels. */
  metric(name: string): Promise<number>;
  stop(): Promise<void>;
}

/** Starts it behind a proxy that does nothing yet; resolves once it leads. No other replica may run. */
export async function startProxiedOperator(stage: Stage): Promise<ProxiedOperator> {
  const proxy = await startNodeFaultProxy(stage.node.place);
  const folder = mkdtempSync(join(tmpdir(), 'ostack-proxied-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const token = await stage.kubectl('create', 'token', 'ostack', '-n', operatorNamespace, '--duration=1h');
  writeFileSync(kubeconfig, JSON.stringify(configOf(stage, proxy.url, token.trim())), { mode: 0o600 });
  const operator = await startOperator({
    kubeconfig,
    image: 'ostack.test/ostack:dev',
    leaseNamespace: operatorNamespace,
    port: 0,
    log: createLog('proxied-operator', 'error'),
    watchTiming: { auditMs },
  });
  await eventually('the operator behind the proxy to lead', 60_000, () =>
    Promise.resolve(operator.leading() || undefined),
  );
  return {
    proxy,
    async metric(name) {
      const text = await (await fetch(`http://127.0.0.1:${operator.port}/metrics`)).text();
      const found = text.split('\n').find((line) => line.startsWith(`${name} `));
      if (found === undefined) throw new Error(`no metric ${name}`);
      return Number(found.slice(name.length + 1));
    },
    async stop() {
      await operator.stop();
      await proxy.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

function configOf({ node }: Stage, server: string, token: string): object {
  const authority = readFileSync(pki(node.place, 'ca.crt')).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'proxied',
    clusters: [{ name: 'proxied', cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: 'operator', user: { token } }],
    contexts: [{ name: 'proxied', context: { cluster: 'proxied', user: 'operator', namespace: operatorNamespace } }],
  };
}
