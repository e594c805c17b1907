import { App, Chart, type ApiObject } from 'cdk8s';
import type { KubeObject } from './component.ts';

/**
 * Gives a builder a fresh cdk8s chart and returns the objects it lists, in that order, keys sorted. Every object names
 * itself, so neither paths nor order reach a name.
 */
export function synthesize(build: (chart: Chart) => readonly ApiObject[]): readonly KubeObject[] {
  const chart = new Chart(new App(), 'ostack', { disableResourceNameHashes: true });
  return build(chart).map((object) => object.toJson() as KubeObject);
}
