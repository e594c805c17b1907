import { programPath } from '../cluster/programs.ts';
import type { RealNode } from '../cluster/node.ts';
import { type Helm, installChart } from './chart.ts';

/** Helm on a node of `e2e/cluster`, for which it must have been built. */
export function helmOf(node: RealNode): Helm {
  return (args) => node.inside(programPath('helm'), [...args, `--kubeconfig=${node.kubeconfig}`]);
}

/** Installs or upgrades the operator made from this checkout with the chart, and waits until it is ready. */
export async function installOperator(
  helm: Helm,
  options: { replicas?: number; watchNamespace?: string } = {},
): Promise<void> {
  await installChart(helm, {
    'image.repository': 'ostack.test/ostack',
    'image.tag': 'dev',
    replicas: `${options.replicas ?? 1}`,
    watchNamespace: options.watchNamespace ?? '',
  });
}
