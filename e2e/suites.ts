import { globSync } from 'node:fs';
import { basename, join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Tests with real programs that run one after another, and the programs they cannot start without. */
export interface Suite {
  readonly name: string;
  readonly files: readonly string[];
}

/** The probes need no program, the second suite etcd and kube-apiserver; the third is all that is left. */
export function suites(): readonly [probes: Suite, apiServer: Suite, rest: Suite] {
  const files = globSync(['src/**/*.e2e.ts', 'e2e/**/*.e2e.ts'], { cwd: root }).sort();
  const probes = files.filter((file) => file.startsWith('src/agent/'));
  const apiServer = files.filter((file) => /^src\/(kube|operator)\/(?!canary\/)/.test(file));
  const rest = files.filter((file) => !probes.includes(file) && !apiServer.includes(file));
  return [
    { name: 'probes', files: probes },
    { name: 'api-server', files: apiServer },
    { name: 'programs', files: rest },
  ];
}

/** Scenarios that share a node, in the order a stack lives. */
export interface Lane {
  readonly node: string;
  readonly scenarios: readonly string[];
}

const lanes: readonly Lane[] = [
  { node: 'ostack-test', scenarios: ['create', 'agent', 'sampling', 'truth', 'delete'] },
  { node: 'ostack-test-2', scenarios: ['bad-input', 'drift', 'gitops', 'ways-in', 'faults', 'rest'] },
];

/** Scenario files by the node they run on; one that no lane names runs at the end of the first, never not at all. */
export function scenarioLanes(): readonly Lane[] {
  const files = globSync('e2e/scenarios/*.scenario.ts', { cwd: root }).sort();
  const nameOf = (file: string): string => basename(file, '.scenario.ts');
  const named = new Set(lanes.flatMap(({ scenarios }) => scenarios));
  const others = files.filter((file) => !named.has(nameOf(file)));
  return lanes.map(({ node, scenarios }, index) => ({
    node,
    scenarios: [
      ...scenarios.map((name) => files.find((file) => nameOf(file) === name) ?? missing(name)),
      ...(index === 0 ? others : []),
    ],
  }));
}

function missing(name: string): never {
  throw new Error(`e2e/suites.ts names the scenario ${name}, which does not exist`);
}
