import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { withLock } from './lock.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ostack-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a lock', () => {
  test('lets one at a time in and says that it waits', async () => {
    const seen: string[] = [];
    const leaving = Promise.withResolvers<void>();
    const first = withLock(path, async () => {
      seen.push('first in');
      await leaving.promise;
      seen.push('first out');
    });
    const second = withLock(
      path,
      async () => void seen.push('second in'),
      () => {
        seen.push('second waits');
        leaving.resolve();
      },
    );
    await Promise.all([first, second]);
    expect(seen).toEqual(['first in', 'second waits', 'first out', 'second in']);
    expect(existsSync(path)).toBe(false);
  });

  test('is taken over from a process that was killed, also when its id runs again', async () => {
    writeFileSync(path, '999999999 1');
    expect(await withLock(path, async () => 'in')).toBe('in');
    writeFileSync(path, `${process.pid} 1`);
    expect(await withLock(path, async () => 'in')).toBe('in');
  });

  test('is given back when the work fails', async () => {
    await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(path)).toBe(false);
  });
});
