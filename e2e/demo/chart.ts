import { join } from 'node:path';

const chart = join(import.meta.dirname, '../../charts/ostack');

/** Where the operator lives in the demo and the scenarios. */
export const operatorNamespace = 'ostack-system';

/** Runs Helm with arguments on one cluster; its standard output. */
export type Helm = (args: readonly string[]) => Promise<string>;

/** Installs or upgrades the operator with the chart, as a user would, and waits until it is ready. */
export async function installChart(helm: Helm, values: Readonly<Record<string, string>>): Promise<void> {
  const where = `--namespace=${operatorNamespace}`;
  // A run that was interrupted half way leaves a release that Helm refuses to touch.
  const pending = await helm(['list', '--pending', '--short', where]);
  if (pending.trim() !== '') await helm(['uninstall', 'ostack', where, '--wait']);
  const sets = Object.entries(values).map(([key, value]) => `--set=${key}=${value}`);
  const wait = ['--wait', '--timeout=180s'];
  await helm([
    'upgrade',
    '--install',
    'ostack',
    chart,
    where,
    '--create-namespace',
    '--take-ownership',
    ...wait,
    ...sets,
  ]);
}
