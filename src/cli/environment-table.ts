import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseStack } from '../api/index.ts';
import { mergePatch, type Tree } from '../lib/merge-patch.ts';
import { type ComponentPlan, type KubeObject, plan } from '../stack/index.ts';
import { offlineFacts } from './offline-facts.ts';

const directory = join(import.meta.dirname, '../../environments');

/** The overlays of `environments/`, from the smallest to the largest. */
export const environments = ['dev', 'staging', 'production'] as const;
export type Environment = (typeof environments)[number];

/**
 * The stack of an environment: the base with the environment's patch merged in, as kustomize does for a kind whose schema
 * it does not know.
 */
export function stackOfEnvironment(environment: Environment): Tree {
  return mergePatch(read('base/stack.yaml'), read(`${environment}/stack.yaml`));
}

/** Rows of one stack: what each of its components asks of a cluster. Throws Error naming what is wrong with the resource. */
export function resourceRows(resource: unknown): readonly (readonly string[])[] {
  const parsed = parseStack(resource);
  if (!parsed.ok) throw new Error(parsed.problems.map(({ path, reason }) => `${path}: ${reason}`).join('; '));
  return plan(parsed.value, offlineFacts()).components.flatMap(rowsOf);
}

/** `environments/RESOURCES.md`. */
export function renderEnvironmentTable(): string {
  const tables = environments.map(
    (environment) => `## ${environment}\n\n${table(resourceRows(stackOfEnvironment(environment)))}`,
  );
  const head =
    '# What each environment asks of a cluster\n\nWritten by `make generate` from what the operator would apply.';
  return `${[head, ...tables].join('\n\n')}\n`;
}

const columns = ['component', 'replicas', 'requests', 'limits', 'volume of each'];

/** A Markdown table in the form prettier gives it. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, index) =>
    Math.max(...[columns, ...rows].map((row) => row[index]!.length), column.length),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index]!)).join(' | ')} |`;
  return [columns, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('\n');
}

interface Workload {
  readonly replicas?: number;
  readonly template: { readonly spec: { readonly containers: readonly Container[] } };
  readonly volumeClaimTemplates?: readonly { readonly spec: { readonly resources: { readonly requests: Amounts } } }[];
}
interface Container {
  readonly name: string;
  readonly resources?: { readonly requests?: Amounts; readonly limits?: Amounts };
}
type Amounts = Readonly<Record<string, string>>;

function rowsOf({ name, objects, workloads }: ComponentPlan): string[][] {
  return workloads.flatMap((workload) => {
    const object = objects.find(({ kind, metadata }) => kind === workload.kind && metadata.name === workload.name);
    return object === undefined ? [] : rowsOfWorkload(name, object);
  });
}

function rowsOfWorkload(component: string, object: KubeObject): string[][] {
  const { replicas, template, volumeClaimTemplates = [] } = object['spec'] as Workload;
  const count = object.kind === 'DaemonSet' ? 'one per node' : String(replicas ?? 1);
  const volumes = volumeClaimTemplates.map(({ spec }) => spec.resources.requests['storage']!).join(' + ') || '–';
  const { containers } = template.spec;
  return containers.map(({ name, resources }) => [
    containers.length === 1 ? component : `${component} (${name})`,
    count,
    amounts(resources?.requests),
    amounts(resources?.limits),
    volumes,
  ]);
}

function amounts(all: Amounts = {}): string {
  const named = Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return named.map(([name, amount]) => `${name} ${amount}`).join(', ') || '–';
}

function read(path: string): Tree {
  return parse(readFileSync(join(directory, path), 'utf8')) as Tree;
}
