import type { ApiObject, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Component, Context } from '../component.ts';
import { serviceAccount } from '../identity.ts';
import { imageOf } from '../images.ts';
import { metadataOf, selectorOf } from '../labels.ts';
import { childName, grafanaAdminName } from '../names.ts';
import { networkPolicies } from '../network-policy.ts';
import { service } from '../service.ts';
import { synthesize } from '../synthesis.ts';
import { scratchMount } from '../volumes.ts';
import { podTemplate } from '../workload.ts';
import { admins, authEnv } from './auth.ts';
import { homeFile } from './dashboard-files.ts';
import type { Stores } from './datasources.ts';
import { dashboardConfigMaps, provisioning, provisioningMounts } from './provisioning.ts';

const component = 'grafana';

/** Nothing that calls out of the cluster. */
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
  const { stack } = context;
  const name = childName(stack, component);
  const objects = synthesize((chart) => [
    serviceAccount(chart, stack, component),
    provisioning(chart, stack, stores),
    ...dashboardConfigMaps(chart, stack),
    ...admins(chart, context),
    service(chart, stack, component),
    ...networkPolicies(chart, context, component),
    workload(chart, context),
  ]);
  return {
    name: component,
    image: imageOf(context, component),
    objects,
    workload: { kind: 'Deployment', name },
    readAtStart: [
      `ConfigMap/${name}`,
      ...(stack.spec.grafana.auth === 'Password' ? [`Secret/${grafanaAdminName(stack)}`] : []),
    ],
  };
}

function workload(chart: Chart, context: Context): ApiObject {
  const { stack } = context;
  const { auth, dashboards, resources } = stack.spec.grafana;
  const home = { name: 'GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH', value: homeFile };
  return new k8s.KubeDeployment(chart, 'workload', {
    metadata: metadataOf(stack, component),
    spec: {
      selector: { matchLabels: selectorOf(stack, component) },
      // Two pods would be two databases.
      strategy: { type: 'Recreate' },
      template: podTemplate(context, {
        component,
        env: [...authEnv(stack, auth), ...quiet, ...(dashboards.defaults ? [home] : [])],
        mounts: [...provisioningMounts(stack), scratchMount('storage', '/var/lib/grafana')],
        resources,
        readyPath: '/api/health',
      }),
    },
  });
}
