import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { pipeline } from './pipeline.ts';
import { sampling } from './sampling.ts';
import { services } from './services.ts';
import { stack } from './stack.ts';

const builders: Readonly<Record<string, () => DashboardBuilder>> = { services, sampling, pipeline, stack };

/** The committed dashboards: path in the repository and the text it must have. Only generation imports the SDK. */
export const generators: readonly { readonly path: string; readonly render: () => string }[] = Object.entries(
  builders,
).map(([name, build]) => ({ path: `src/dashboards/${name}.gen.json`, render: () => textOf(build()) }));

/** The SDK leaves ids out, or zero; Grafana would number the panels anew at every load. */
function textOf(builder: DashboardBuilder): string {
  const model = builder.build();
  const panels = model.panels?.map((panel, index) => ({ ...panel, id: index + 1 })) ?? [];
  return `${JSON.stringify({ ...model, panels }, undefined, 2)}\n`;
}
