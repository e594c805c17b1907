import type { ComponentName, Context } from './component.ts';

type Program = 'alloy' | 'tempo' | 'mimir' | 'loki' | 'grafana';

/**
 * Published images whose configuration keys are the ones rendered here. CI runs Alloy 1.11.0, Tempo 2.9.0, Loki 3.7.8
 * and Mimir 3.1 built from their modules; Loki and Mimir here are the nearest published images, Grafana is not run.
 */
const defaults: Readonly<Record<Program, string>> = {
  alloy: 'docker.io/grafana/alloy:v1.11.0',
  tempo: 'docker.io/grafana/tempo:2.9.0',
  mimir: 'docker.io/grafana/mimir:3.1.1',
  loki: 'docker.io/grafana/loki:3.7.6',
  grafana: 'docker.io/grafana/grafana:13.2.0',
};

/**
 * The image a component runs: the spec's override as it stands, or the default with its registry replaced by
 * `spec.images.registry` (a host with an optional path prefix). The agent is the program the operator is.
 */
export function imageOf({ stack, facts }: Context, component: ComponentName): string {
  const { images } = stack.spec;
  const program = component === 'alloy-node' || component === 'alloy-sampler' ? 'alloy' : component;
  const override = images.overrides[program];
  if (override !== undefined && override !== '') return override;
  if (program === 'agent') return facts.operatorImage;
  const image = defaults[program];
  return images.registry === '' ? image : image.replace(/^docker\.io/, images.registry.replace(/\/+$/, ''));
}
