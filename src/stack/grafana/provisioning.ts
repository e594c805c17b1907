import type { ApiObject, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Stack } from '../../api/index.ts';
import { metadataOf } from '../labels.ts';
import { childName } from '../names.ts';
import { configMount, configsMount, type Mount } from '../volumes.ts';
import { yamlOf } from '../yaml.ts';
import { dashboardDirectory, dashboardFiles, dashboardProvider } from './dashboard-files.ts';
import { datasources, type Stores } from './datasources.ts';

const component = 'grafana';
const directory = '/etc/grafana/provisioning';

/** What Grafana reads at its start: datasources, and where dashboards are. */
export function provisioning(chart: Chart, stack: Stack, stores: Stores): ApiObject {
  return new k8s.KubeConfigMap(chart, 'provisioning', {
    metadata: metadataOf(stack, component),
    data: {
      'datasources.yaml': yamlOf(datasources(stores)),
      ...(withDashboards(stack) && { 'dashboards.yaml': yamlOf(dashboardProvider()) }),
    },
  });
}

/** One ConfigMap a dashboard, since an object may not exceed 1 MiB. */
export function dashboardConfigMaps(chart: Chart, stack: Stack): readonly ApiObject[] {
  if (!withDashboards(stack)) return [];
  return dashboardFiles.map(
    ({ name, text }) =>
      new k8s.KubeConfigMap(chart, `dashboard-${name}`, {
        metadata: metadataOf(stack, component, dashboardConfigMapName(stack, name)),
        data: { [`${name}.json`]: text },
      }),
  );
}

/** Where Grafana finds all of it. */
export function provisioningMounts(stack: Stack): readonly Mount[] {
  const name = childName(stack, component);
  const dashboards = dashboardFiles.map((file) => dashboardConfigMapName(stack, file.name));
  return [
    configMount('datasources', name, `${directory}/datasources`),
    ...(withDashboards(stack)
      ? [
          configMount('providers', name, `${directory}/dashboards`),
          configsMount('dashboards', dashboards, dashboardDirectory),
        ]
      : []),
  ];
}

function withDashboards({ spec }: Stack): boolean {
  return spec.grafana.dashboards.defaults;
}

/** The dashboard before the word: `demo-dashboard-sampling` is also the sampling of a stack named demo-dashboard. */
function dashboardConfigMapName(stack: Stack, dashboard: string): string {
  return `${stack.name}-${dashboard}-dashboard`;
}
