import { dashboards } from '../../dashboards/index.ts';

export const dashboardDirectory = '/etc/ostack/dashboards';

/** The provider that reads the dashboards; their files are followed, so a new one needs no restart. */
export function dashboardProvider(): object {
  return {
    apiVersion: 1,
    providers: [
      {
        name: 'ostack',
        folder: 'ostack',
        type: 'file',
        disableDeletion: true,
        allowUiUpdates: false,
        updateIntervalSeconds: 30,
        options: { path: dashboardDirectory },
      },
    ],
  };
}

/** One ConfigMap a dashboard, since an object may not exceed 1 MiB: [name of the dashboard, its file's text]. */
export function dashboardFiles(): readonly (readonly [name: string, text: string])[] {
  return dashboards.map(({ name, model }) => [name, `${JSON.stringify(model)}\n`]);
}
