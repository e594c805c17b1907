import { programPath } from '../cluster/programs.ts';
import type { RealNode } from '../cluster/node.ts';
import { installChart } from './chart.ts';

/** Installs or upgrades the operator made from this checkout with the chart, and waits until it is ready. */
export async function installOperator(
  node: RealNode,
  options: { replicas?: number; watchNamespace?: string } = {},
): Promise<void> {
  const helm = (args: readonly string[]): Promise<string> =>
    node.inside(programPath('helm'), [...args, `--kubeconfig=${node.kubeconfig}`]);
  await installChart(helm, {
    'image.repository': 'ostack.test/ostack',
    'image.tag': 'dev',
    replicas: `${options.replicas ?? 1}`,
    watchNamespace: options.watchNamespace ?? '',
  });
}
