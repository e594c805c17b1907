import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { kind } from '../api/index.ts';
import { WrongUsage } from './exit.ts';

/** Every ObservabilityStack of a YAML file, as it stands there; "-" is standard input. Other kinds are passed over. */
export function readStacks(file: string): unknown[] {
  const documents = parseAllDocuments(readText(file));
  const stacks = documents.flatMap((document): unknown[] => {
    const [error] = document.errors ?? [];
    if (error) throw new WrongUsage(`${file} is not YAML: ${error.message}`);
    const value: unknown = document.toJS();
    return isStack(value) ? [value] : [];
  });
  if (stacks.length === 0) throw new WrongUsage(`${file} holds no ${kind}`);
  return stacks;
}

function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new WrongUsage(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function isStack(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === kind;
}
