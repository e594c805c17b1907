import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { guestPackages, installPackages } from '../../cluster/packages.ts';
import type { GuestFigures } from './guest-figure.ts';
import { measureInGuest } from './guest-run.ts';
import { buildPrograms } from './programs.ts';

let directory: string;
let seen: GuestFigures;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'price-'));
  await installPackages(guestPackages, () => {});
  const programs = await buildPrograms(directory);
  seen = await measureInGuest({ line: '6.12', possibleCpus: 2, parts: ['cost'] }, programs, directory);
}, 600_000);
afterAll(() => rm(directory, { recursive: true }));

test('a request between processes nobody selected costs some 500 instructions more, one between selected ones some 8,000', () => {
  const { unselectedAdded = Number.NaN, keepAliveAdded = Number.NaN } = seen;
  console.info(`instructions added a request: unselected ${unselectedAdded}, selected ${keepAliveAdded}`);
  expect(unselectedAdded).toBeLessThan(520);
  expect(keepAliveAdded).toBeLessThan(8_200);
  // The same meter sees what being selected costs.
  expect(keepAliveAdded).toBeGreaterThan(10 * unselectedAdded);
});

test('a system call that moves nothing is not slowed', () => {
  expect(seen.syscallRatio).toBeLessThanOrEqual(1.01);
});

test('a selected request runs a program four times: two ends, two directions', () => {
  expect(seen.runs).toBeGreaterThanOrEqual(4);
  expect(seen.runs).toBeLessThan(4.1);
});
