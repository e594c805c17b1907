import { parseStack, type Problem } from '../api/index.ts';
import { plan } from '../stack/index.ts';
import { NotFine, WrongUsage } from './exit.ts';
import { offlineFacts } from './offline-facts.ts';
import { problemText } from './problems.ts';
import { readStacks } from './stack-file.ts';

/** Everything wrong with a stack that can be known without a cluster: its spec, and overrides that hit nothing. */
export function problemsOf(resource: unknown): readonly Problem[] {
  const parsed = parseStack(resource);
  return parsed.ok ? plan(parsed.value, offlineFacts()).problems : parsed.problems;
}

/** `ostack validate`: prints the problems of every stack in a file. Throws NotFine if there are any. */
export function validate(options: { readonly file: string; readonly output: string }): void {
  if (options.output !== 'text' && options.output !== 'json') throw new WrongUsage('-o is text or json');
  const results = readStacks(options.file).map((resource) => ({
    name: nameOf(resource),
    problems: problemsOf(resource),
  }));
  if (options.output === 'json') process.stdout.write(`${JSON.stringify(results, undefined, 2)}\n`);
  else for (const { name, problems } of results) process.stdout.write(textOf(name, problems));
  if (results.some(({ problems }) => problems.length > 0)) throw new NotFine();
}

function textOf(name: string, problems: readonly Problem[]): string {
  return problems.length === 0 ? `${name}: valid\n` : `${name}:\n${problems.map(problemText).join('')}`;
}

function nameOf(resource: unknown): string {
  const { metadata } = resource as { metadata?: { name?: unknown } };
  return typeof metadata?.name === 'string' ? metadata.name : 'a stack without a name';
}
