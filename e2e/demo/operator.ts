import { join } from 'node:path';
import { programPath } from '../cluster/programs.ts';
import type { RealNode } from '../cluster/node.ts';

const chart = join(import.meta.dirname, '../../charts/ostack');

/** Where the operator lives in the demo and the scenarios. */
export const operatorNamespace = 'ostack-system';

/** Installs or upgrades the operator with the chart, as a user would, and waits until it is ready. */
export async function installOperator(node: RealNode, options: { replicas?: number } = {}): Promise<void> {
  const values = {
    'image.repository': 'ostack.test/ostack',
    'image.tag': 'dev',
    replicas: `${options.replicas ?? 1}`,
  };
  const sets = Object.entries(values).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  const helm = programPath('helm');
  await node.inside(helm, [
    'upgrade',
    '--install',
    'ostack',
    chart,
    `--namespace=${operatorNamespace}`,
    '--create-namespace',
    '--take-ownership',
    `--kubeconfig=${node.kubeconfig}`,
    '--wait',
    '--timeout=120s',
    ...sets,
  ]);
}

/** Removes what `installOperator` made; the resource definition stays, as Helm leaves it. */
export async function uninstallOperator(node: RealNode): Promise<void> {
  const helm = programPath('helm');
  await node.inside(helm, [
    'uninstall',
    'ostack',
    `--namespace=${operatorNamespace}`,
    `--kubeconfig=${node.kubeconfig}`,
    '--ignore-not-found',
    '--wait',
  ]);
}
