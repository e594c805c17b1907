import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, jest, test } from '@jest/globals';
import { run } from './check.ts';

const folder = mkdtempSync(join(tmpdir(), 'ostack-check-'));
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const lives = (pid: number): boolean => {
  const status = `/proc/${pid}/stat`;
  return existsSync(status) && !/\) Z /.test(readFileSync(status, 'utf8'));
};

test('a command that is told to end takes along what it started', async () => {
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  const file = join(folder, 'pid');
  const stop = new AbortController();
  const running = run(['sh', '-c', `sleep 300 & echo $! > ${file}; wait`], { label: 'sh', signal: stop.signal });
  while (!existsSync(file) || readFileSync(file, 'utf8') === '') await sleep(5);
  const grandchild = Number(readFileSync(file, 'utf8'));
  expect(lives(grandchild)).toBe(true);
  stop.abort();
  await running;
  for (let waits = 0; waits < 500 && lives(grandchild); waits++) await sleep(10);
  expect(lives(grandchild)).toBe(false);
});
