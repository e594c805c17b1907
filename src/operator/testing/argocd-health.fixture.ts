import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const script = join(import.meta.dirname, '../../../examples/argocd/health.lua');

/** A value as Lua writes it; null is nil, as Argo CD gives it. */
function lua(value: unknown): string {
  if (Array.isArray(value)) return `{${value.map(lua).join(',')}}`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, inner]) => `[${JSON.stringify(key)}]=${lua(inner)}`)
      .join(',')}}`;
  }
  return value === null || value === undefined ? 'nil' : JSON.stringify(value);
}

/** Runs the script as Argo CD does: the resource is the global `obj`, and what the script returns is the health. */
export function argoHealth(resource: object): { status: string; message: string } {
  const program = `obj = ${lua(resource)}\nlocal health = dofile(${JSON.stringify(script)})\nio.write(health.status, "\\n", health.message)`;
  const [status = '', ...message] = execFileSync('lua5.4', ['-'], { input: program, encoding: 'utf8' }).split('\n');
  return { status, message: message.join('\n') };
}
