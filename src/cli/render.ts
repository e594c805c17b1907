import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { parseStack, type Stack } from '../api/index.ts';
import { plan, type KubeObject } from '../stack/index.ts';
import { NotFine, WrongUsage } from './exit.ts';
import { offlineFacts } from './offline-facts.ts';
import { problemText } from './problems.ts';
import { readStacks } from './stack-file.ts';

export interface RenderOptions {
  readonly file: string;
  readonly output: string;
  readonly namespace: string;
  readonly image: string;
  readonly operatorNamespace: string;
}

/** Formats of other commands: whoever writes one does not want a directory of that name. */
const formats = ['json', 'table', 'text', 'yml'];

/**
 * `ostack render`: the objects of every stack in a file, sorted, the same bytes for the same file. Throws NotFine if a spec
 * is wrong, WrongUsage if the output can be no directory.
 */
export function render(options: RenderOptions): void {
  if (formats.includes(options.output)) {
    throw new WrongUsage(
      `-o is yaml or a directory; a directory called ${options.output} is written ./${options.output}`,
    );
  }
  const objects = readStacks(options.file).flatMap((resource) =>
    objectsOf(placed(resource, options.namespace), options),
  );
  const sorted = objects.toSorted((a, b) => (fileOf(a) < fileOf(b) ? -1 : 1));
  if (options.output === 'yaml') {
    process.stdout.write(sorted.map((object) => `---\n${yamlOf(object)}`).join(''));
    return;
  }
  mkdirSync(options.output, { recursive: true });
  for (const object of sorted) writeFileSync(join(options.output, fileOf(object)), yamlOf(object));
  process.stdout.write(`${sorted.length} objects in ${options.output}\n`);
}

function objectsOf(resource: unknown, options: RenderOptions): KubeObject[] {
  const parsed = parseStack(resource);
  const made = parsed.ok ? plan(parsed.value, offlineFacts(options)) : { problems: parsed.problems, components: [] };
  if (made.problems.length > 0) {
    process.stderr.write(made.problems.map(problemText).join(''));
    throw new NotFine();
  }
  if (parsed.ok) warn(parsed.value);
  return made.components.flatMap((component) => component.objects);
}

function warn({ name, spec }: Stack): void {
  if (spec.grafana.enabled && spec.grafana.auth === 'Password') {
    process.stderr.write(
      `${name}: the Secret with Grafana's password is left out; the operator makes it up in the cluster\n`,
    );
  }
}

/** The resource with a namespace, as `kubectl apply -n` would give it. */
function placed(resource: unknown, namespace: string): unknown {
  const { metadata, ...rest } = resource as { metadata?: { namespace?: string } };
  return { ...rest, metadata: { ...metadata, namespace: metadata?.namespace ?? namespace } };
}

function fileOf({ kind, metadata }: KubeObject): string {
  return `${metadata.namespace === undefined ? 'cluster' : metadata.namespace}-${kind.toLowerCase()}-${metadata.name}.yaml`;
}

const yamlOf = (object: KubeObject): string => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false });
