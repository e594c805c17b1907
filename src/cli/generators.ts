import { group, plural, renderCrd, renderReference } from '../api/index.ts';
import { generators as dashboards } from '../dashboards/generators.ts';
import { goldens } from '../stack/index.ts';
import { renderChartCrd, renderChartRules } from './chart-files.ts';
import { renderEnvironmentTable } from './environment-table.ts';

/** A file that is committed but written by a program; `path` is relative to the repository. */
export interface Generator {
  readonly path: string;
  readonly render: () => string | Promise<string>;
}

/** Every generated file. A room adds its own by a line here. */
export const generators: readonly Generator[] = [
  { path: `crds/${group}_${plural}.yaml`, render: renderCrd },
  { path: 'crds/REFERENCE.md', render: renderReference },
  { path: 'charts/ostack/files/crd.gen.yaml', render: renderChartCrd },
  { path: 'charts/ostack/files/rules.gen.yaml', render: renderChartRules },
  { path: 'environments/RESOURCES.md', render: renderEnvironmentTable },
  ...dashboards,
  ...goldens,
];
