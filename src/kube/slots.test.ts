import { expect, test } from '@jest/globals';
import { Slots } from './slots.ts';

test('no more goes on at once than there are slots, in the order of coming, and a failure frees its slot', async () => {
  const slots = new Slots(2);
  const started: number[] = [];
  const ends = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
  const runs = ends.map(({ promise }, n) =>
    slots.run(() => {
      started.push(n);
      return promise;
    }),
  );
  await Promise.resolve();
  expect(started).toEqual([0, 1]);
  ends[1]!.reject(new Error('failed'));
  await expect(runs[1]).rejects.toThrow('failed');
  await Promise.resolve();
  expect(started).toEqual([0, 1, 2]);
  for (const { resolve } of ends) resolve();
  await Promise.all([runs[0], runs[2], runs[3]]);
  expect(started).toEqual([0, 1, 2, 3]);
  expect(await slots.run(async () => 'free again')).toBe('free again');
});
