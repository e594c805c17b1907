import type { Problem } from '../api/index.ts';

/** A problem in two lines: where and why, then what to write instead. */
export function problemText({ path, reason, fix }: Problem): string {
  return `${path === '' ? 'the resource' : path}: ${reason}\n  fix: ${fix}\n`;
}
