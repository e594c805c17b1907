import type { ComponentName } from '../../stack/index.ts';
import type { ComponentSeen, Observation, WorkloadSeen } from '../observation/observation.ts';
import { rank, type Verdict } from './verdict.ts';

/**
 * True only if every component named has pods, all of them ready, all of the newest template, and its controller has seen the
 * newest generation. A component the spec turns off is `False`/`Disabled`: nothing is available, and the summary leaves it out.
 */
export function availability(seen: Observation, names: readonly ComponentName[]): Verdict {
  if (seen.managementState === 'Unmanaged') {
    return { status: 'Unknown', reason: 'Unmanaged', message: 'ostack does not look after this stack' };
  }
  const enabled = seen.components.filter((c) => names.includes(c.name) && c.enabled);
  if (enabled.length === 0) {
    return { status: 'False', reason: 'Disabled', message: `${names.join(' and ')}: turned off by spec` };
  }
  const verdicts = enabled.map((c) => componentVerdict(c, seen));
  return verdicts.reduce((worst, v) => (rank(v.reason) < rank(worst.reason) ? v : worst));
}

/** The same for one component, as shown in `status.components`. */
export function componentVerdict(component: ComponentSeen, seen: Observation): Verdict {
  const refusal = seen.refusals.find((r) => r.component === component.name);
  if (refusal) return { status: 'False', reason: refusal.reason, message: `${refusal.object}: ${refusal.message}` };
  const verdicts = component.workloads.map(workloadVerdict);
  const worst = verdicts.reduce((a, b) => (rank(b.reason) < rank(a.reason) ? b : a), available(component));
  if (worst.status === 'True' || component.trouble === undefined) return worst;
  return { status: 'False', reason: component.trouble.reason, message: component.trouble.message };
}

/** The verdict on one workload from its counts alone. */
export function workloadVerdict(w: WorkloadSeen): Verdict {
  const name = `${w.kind} ${w.name}`;
  if (!w.exists) return no('Progressing', `${name} does not exist yet`);
  if (!w.observed) return no('Progressing', `${name}: its controller has not seen the newest generation`);
  if (w.desired === 0) return no('NoPods', `${name} asks for 0 pods`);
  const settled = w.ready === w.desired && w.updated === w.desired && w.total === w.updated;
  if (settled) return { status: 'True', reason: 'Available', message: '' };
  if (w.hindrance) return no(w.hindrance.reason, `${name}: ${w.hindrance.message}`);
  return no('Progressing', `${name}: ${w.ready} of ${w.desired} pods ready, ${w.updated} of ${w.desired} updated`);
}

const no = (reason: Verdict['reason'], message: string): Verdict => ({ status: 'False', reason, message });

const available = (component: ComponentSeen): Verdict => ({
  status: 'True',
  reason: 'Available',
  message: `${component.name}: all pods ready and up to date`,
});
