export { goldens } from './golden.ts';
export { plan } from './plan.ts';
export type { ComponentName, ComponentPlan, Endpoints, Facts, KubeObject, Plan, Workload } from './component.ts';
export { agentConfigName, grafanaAdminName, samplerWorkload, samplingName } from './names.ts';
export { portNumber } from './ports.ts';
export { operatorRules, type PolicyRule, type ScopedRules } from './rbac.ts';
