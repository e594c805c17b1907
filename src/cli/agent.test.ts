import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const main = join(import.meta.dirname, 'main.ts');
const agent = (...flags: string[]) =>
  spawnSync(process.execPath, [main, 'agent', '--local', ...flags], { encoding: 'utf8' });

test.each(['localhost:4318', 'foo'])(
  '--otlp %s is wrong usage, said with what to write',
  (url) => {
    const { status, stderr } = agent('--port', '80', '--duration', '1s', '--otlp', url);
    expect(stderr).toContain(`'${url}' is invalid. write a URL such as "http://collector:4318"`);
    expect(status).toBe(2);
  },
  30_000,
);
