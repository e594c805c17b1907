import { dashboards } from '../../dashboards/index.ts';

export const dashboardDirectory = '/etc/ostack/dashboards';

/** File of the dashboard people land on. */
export const homeFile = `${dashboardDirectory}/services.json`;

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

/** The dashboards as files, by name without ending; written once, since no stack changes them. */
export const dashboardFiles: readonly { readonly name: string; readonly text: string }[] = dashboards.map(
  ({ name, model }) => ({ name, text: `${JSON.stringify(model)}\n` }),
);
