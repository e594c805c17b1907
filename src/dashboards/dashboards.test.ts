import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { generators } from './generators.ts';
import { catalogue, dashboards, datasourceUids } from './index.ts';
import { metricNames } from './metric-names.ts';

const root = join(import.meta.dirname, '../..');
const largestConfigMapBytes = 2 ** 20;

interface Target {
  readonly datasource: { readonly uid: string };
  readonly expr?: string;
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  readonly datasource?: { readonly uid: string };
}
interface Model {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
}

const models = dashboards.map(({ name, model }) => ({ name, model: model as Model }));
const panels = models.flatMap(({ name, model }) => model.panels.map((panel) => ({ name, panel })));
const drawn = panels.filter(({ panel }) => panel.type !== 'row');

test.each(generators.map(({ path, render }) => [path, render] as const))(
  '%s is what the builders make',
  (path, render) => {
    expect(readFileSync(join(root, path), 'utf8')).toBe(render());
  },
);

test('every dashboard that is generated is served, and no other', () => {
  expect(models.map(({ name }) => `src/dashboards/${name}.gen.json`)).toEqual(generators.map(({ path }) => path));
});

test('every metric a query asks for is one the catalogue says we emit', () => {
  const known = new Set(catalogue.flatMap(seriesOf));
  const asked = drawn
    .flatMap(({ panel }) => panel.targets ?? [])
    .filter(({ datasource }) => datasource.uid === datasourceUids.mimir)
    .flatMap(({ expr }) => metricNames(expr ?? ''));
  expect(asked.length).toBeGreaterThan(30);
  expect([...new Set(asked)].filter((name) => !known.has(name))).toEqual([]);
});

function seriesOf({ name, kind }: (typeof catalogue)[number]): readonly string[] {
  const parts = ['_bucket', '_sum', '_count'].map((suffix) => name + suffix);
  return kind === 'nativeHistogram' ? [name, ...parts] : kind === 'histogram' ? parts : [name];
}

test('metric names are unique in the catalogue, and counters say that they count', () => {
  const names = catalogue.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(catalogue.filter(({ name, kind }) => (kind === 'counter') !== name.endsWith('_total'))).toEqual([]);
});

describe.each(models.map(({ name, model }) => [name, model] as const))('dashboard %s', (_name, model) => {
  test('is schema v1 with a uid and unique panel ids', () => {
    expect(model.schemaVersion).toBeGreaterThanOrEqual(36);
    expect(model.uid).toMatch(/^ostack-[a-z]+$/);
    const ids = model.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('fits into a ConfigMap', () => {
    expect(JSON.stringify(model).length).toBeLessThan(largestConfigMapBytes);
  });

  test('has no panel over another one or beyond the grid', () => {
    const cells = new Set<string>();
    for (const { gridPos } of model.panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(cells.has(`${x},${y}`)).toBe(false);
          cells.add(`${x},${y}`);
        }
      }
    }
  });
});

test.each(drawn.map(({ name, panel }) => [`${name}: ${panel.title}`, panel] as const))(
  '%s explains itself',
  (_name, panel) => {
    const uids: readonly string[] = Object.values(datasourceUids);
    expect(panel.description).toMatch(/\.$/);
    expect(uids).toContain(panel.datasource?.uid);
    expect(panel.targets?.length).toBeGreaterThan(0);
    for (const { datasource } of panel.targets ?? []) expect(datasource.uid).toBe(panel.datasource?.uid);
  },
);
