import { parseDocument, stringify } from 'yaml';
import { renderCrd } from '../api/index.ts';
import { operatorAccess } from '../operator/index.ts';

/** The resource definition as the chart installs it; Helm leaves it on uninstall, because stacks go with it. */
export function renderChartCrd(): string {
  const definition = parseDocument(renderCrd());
  definition.setIn(['metadata', 'annotations', 'helm.sh/resource-policy'], 'keep');
  return definition.toString({ lineWidth: 0 });
}

/** Rules of the operator's roles by their scope: what a plan can contain and what the operator looks at, no verb more. */
export function renderChartRules(): string {
  return stringify(operatorAccess(), { lineWidth: 0 });
}
