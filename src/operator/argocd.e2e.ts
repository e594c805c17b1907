import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { recordedStates } from './gitops.fixture.ts';

const script = join(import.meta.dirname, '../../examples/argocd/health.lua');

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
function health(resource: object): { status: string; message: string } {
  const program = `obj = ${lua(resource)}\nlocal health = dofile(${JSON.stringify(script)})\nio.write(health.status, "\\n", health.message)`;
  const [status = '', ...message] = execFileSync('lua5.4', ['-'], { input: program, encoding: 'utf8' }).split('\n');
  return { status, message: message.join('\n') };
}

test.each(recordedStates())('Argo CD shows a stack that is $name as $argo', ({ resource, argo }) => {
  const found = health(resource);
  expect(found.status).toBe(argo);
  expect(found.message).not.toBe('');
});
