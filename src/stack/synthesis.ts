import { App, Chart } from 'cdk8s';
import type { KubeObject } from './component.ts';

/**
 * Runs a builder over a fresh cdk8s chart and returns what it made, in the order it was made, keys sorted. Every object
 * names itself, so neither paths nor order reach a name.
 */
export function synthesize(build: (chart: Chart) => void): readonly KubeObject[] {
  const chart = new Chart(new App(), 'ostack', { disableResourceNameHashes: true });
  build(chart);
  return chart.toJson();
}
