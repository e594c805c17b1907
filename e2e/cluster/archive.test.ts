import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Entry, tarOf } from './archive.ts';

async function bytesOf(entries: readonly Entry[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of tarOf(entries)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function tar(archive: Buffer, ...args: string[]): string {
  return execFileSync('tar', args, { input: archive, encoding: 'utf8' });
}

const deep = `${'directory/'.repeat(12)}file`;

describe('a tar archive', () => {
  test('is read by tar: kinds, modes, owners, links and content', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ostack-tar-'));
    try {
      writeFileSync(join(folder, 'from'), 'x'.repeat(700));
      const archive = await bytesOf([
        { kind: 'directory', path: 'data', mode: 0o1777, uid: 10001 },
        { kind: 'text', path: 'etc/passwd', mode: 0o644, text: 'röot' },
        { kind: 'file', path: 'bin/program', mode: 0o755, from: join(folder, 'from') },
        { kind: 'link', path: 'bin/sh', to: 'program' },
      ]);
      const lines = tar(archive, '-tv', '--numeric-owner', '-f', '-').trim().split('\n');
      expect(
        lines.map((line) =>
          line
            .split(/\s+/)
            .filter((_, column) => column < 3 || column > 4)
            .join(' '),
        ),
      ).toEqual([
        'drwxrwxrwt 10001/10001 0 data/',
        '-rw-r--r-- 0/0 5 etc/passwd',
        '-rwxr-xr-x 0/0 700 bin/program',
        'lrwxrwxrwx 0/0 0 bin/sh -> program',
      ]);
      expect(tar(archive, '-xO', '-f', '-', 'etc/passwd')).toBe('röot');
      expect(tar(archive, '-xO', '-f', '-', 'bin/program')).toHaveLength(700);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('keeps paths longer than a hundred bytes', async () => {
    const archive = await bytesOf([{ kind: 'text', path: deep, mode: 0o644, text: '' }]);
    expect(tar(archive, '-tf', '-').trim()).toBe(deep);
  });

  test('says so when a path cannot be kept', async () => {
    await expect(bytesOf([{ kind: 'text', path: 'x'.repeat(101), mode: 0o644, text: '' }])).rejects.toThrow('too long');
  });

  test('of the same content is the same bytes, so an image keeps its digest', async () => {
    const entries: Entry[] = [{ kind: 'text', path: 'a', mode: 0o644, text: 'a' }];
    const first = await bytesOf(entries);
    expect((await bytesOf(entries)).equals(first)).toBe(true);
  });
});
