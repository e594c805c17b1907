import { Yaml, type Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Stack } from '../../api/index.ts';
import type { Component, Context } from '../component.ts';
import { addServiceAccount } from '../identity.ts';
import { imageOf } from '../images.ts';
import { metadataOf, selectorOf } from '../labels.ts';
import { childName, grafanaAdminName } from '../names.ts';
import { addNetworkPolicy } from '../network-policy.ts';
import { addService } from '../service.ts';
import { synthesize } from '../synthesis.ts';
import { configMount, configsMount, scratchMount, type Mount } from '../volumes.ts';
import { podTemplate } from '../workload.ts';
import { adminPasswordKey, adminUserKey, authEnv } from './auth.ts';
import { dashboardDirectory, dashboardFiles, dashboardProvider } from './dashboard-files.ts';
import { datasources, type Stores } from './datasources.ts';

const component = 'grafana';
const home = 'services';

/** Nothing that calls out of the cluster, nothing that writes outside the mounts. */
const quiet: readonly k8s.EnvVar[] = [
  { name: 'GF_ANALYTICS_REPORTING_ENABLED', value: 'false' },
  { name: 'GF_ANALYTICS_CHECK_FOR_UPDATES', value: 'false' },
  { name: 'GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES', value: 'false' },
  { name: 'GF_NEWS_NEWS_FEED_ENABLED', value: 'false' },
  { name: 'GF_PLUGINS_PREINSTALL_DISABLED', value: 'true' },
  { name: 'GF_LOG_MODE', value: 'console' },
];

/** Grafana without state of its own: what it shows is provisioned, its database goes with the pod. */
export function grafana(context: Context, stores: Stores): Component {
  const { stack, facts } = context;
  const name = childName(stack, component);
  const files = stack.spec.grafana.dashboards.defaults ? dashboardFiles() : [];
  const withPassword = stack.spec.grafana.auth === 'Password';
  const objects = synthesize((chart) => {
    addServiceAccount(chart, stack, component);
    addProvisioning(chart, stack, stores, files.length > 0);
    for (const [dashboard, text] of files) addDashboard(chart, stack, dashboard, text);
    if (withPassword && facts.grafanaPassword !== undefined) addAdmin(chart, stack, facts.grafanaPassword);
    addService(chart, stack, component);
    addNetworkPolicy(chart, context, component);
    addWorkload(
      chart,
      stack,
      files.map(([dashboard]) => dashboard),
    );
  });
  return {
    name: component,
    image: imageOf(component, stack.spec.images),
    objects,
    workload: { kind: 'Deployment', name },
    readAtStart: [`ConfigMap/${name}`, ...(withPassword ? [`Secret/${grafanaAdminName(stack)}`] : [])],
  };
}

function addProvisioning(chart: Chart, stack: Stack, stores: Stores, withDashboards: boolean): void {
  new k8s.KubeConfigMap(chart, 'provisioning', {
    metadata: metadataOf(stack, component),
    data: {
      'datasources.yaml': Yaml.stringify(datasources(stores)),
      ...(withDashboards && { 'dashboards.yaml': Yaml.stringify(dashboardProvider()) }),
    },
  });
}

function addDashboard(chart: Chart, stack: Stack, dashboard: string, text: string): void {
  new k8s.KubeConfigMap(chart, `dashboard-${dashboard}`, {
    metadata: metadataOf(stack, component, dashboardConfigMap(stack, dashboard)),
    data: { [`${dashboard}.json`]: text },
  });
}

function dashboardConfigMap(stack: Stack, dashboard: string): string {
  return `${childName(stack, component)}-dashboard-${dashboard}`;
}

function addAdmin(chart: Chart, stack: Stack, password: string): void {
  new k8s.KubeSecret(chart, 'admin', {
    metadata: metadataOf(stack, component, grafanaAdminName(stack)),
    // Encoded here: the API server turns stringData into data, and then what we own is no longer what is there.
    data: { [adminUserKey]: base64('admin'), [adminPasswordKey]: base64(password) },
  });
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function addWorkload(chart: Chart, stack: Stack, dashboards: readonly string[]): void {
  const homePath = `${dashboardDirectory}/${home}.json`;
  new k8s.KubeDeployment(chart, 'workload', {
    metadata: metadataOf(stack, component),
    spec: {
      selector: { matchLabels: selectorOf(stack, component) },
      // Two pods would be two databases.
      strategy: { type: 'Recreate' },
      template: podTemplate(stack, {
        component,
        env: [
          ...authEnv(stack),
          ...quiet,
          ...(dashboards.length > 0 ? [{ name: 'GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH', value: homePath }] : []),
        ],
        mounts: mountsOf(stack, dashboards),
        resources: stack.spec.grafana.resources,
        readyPath: '/api/health',
      }),
    },
  });
}

function mountsOf(stack: Stack, dashboards: readonly string[]): readonly Mount[] {
  const provisioning = '/etc/grafana/provisioning';
  const name = childName(stack, component);
  return [
    configMount('datasources', name, `${provisioning}/datasources`),
    scratchMount('storage', '/var/lib/grafana'),
    ...(dashboards.length > 0
      ? [
          configMount('providers', name, `${provisioning}/dashboards`),
          configsMount(
            'dashboards',
            dashboards.map((dashboard) => dashboardConfigMap(stack, dashboard)),
            dashboardDirectory,
          ),
        ]
      : []),
  ];
}
