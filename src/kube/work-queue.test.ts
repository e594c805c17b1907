import { expect, test } from '@jest/globals';
import { ManualClock } from './manual-clock.fixture.ts';
import { WorkQueue } from './work-queue.ts';

function queueOf(worker: (key: string) => Promise<void>, concurrency = 2) {
  const clock = new ManualClock();
  const queue = new WorkQueue({ clock, random: () => 0, backoff: { baseMs: 100, maxMs: 1000 } });
  const stop = new AbortController();
  const errors: [string, number][] = [];
  const onError = (key: string, _error: unknown, waitMs: number) => errors.push([key, waitMs]);
  const done = queue.run(worker, { concurrency, signal: stop.signal, onError });
  return { clock, queue, stop, done, errors };
}

/** A worker whose work ends when the test says so. */
function gates() {
  const started: string[] = [];
  const open: { key: string; resolve: () => void; reject: (error: Error) => void }[] = [];
  const worker = (key: string) => {
    started.push(key);
    return new Promise<void>((resolve, reject) => open.push({ key, resolve, reject }));
  };
  return { started, open, worker };
}

test('a key added many times is worked on once', async () => {
  const { started, worker } = gates();
  const { queue, clock } = queueOf(worker);
  for (let i = 0; i < 10; i += 1) queue.add('a');
  queue.add('b');
  await clock.advance(0);
  expect(started).toEqual(['a', 'b']);
});

test('a key is never worked on twice at a time; what came during its work comes after it', async () => {
  const { started, open, worker } = gates();
  const { queue, clock } = queueOf(worker, 4);
  queue.add('a');
  await clock.advance(0);
  queue.add('a');
  queue.add('a');
  await clock.advance(0);
  expect(started).toEqual(['a']);
  open[0]!.resolve();
  await clock.advance(0);
  expect(started).toEqual(['a', 'a']);
  open[1]!.resolve();
  await clock.advance(0);
  expect(queue.depth).toBe(0);
});

test('what was begun is ended before more is begun, and what is new has its turn all the same', async () => {
  const { started, open, worker } = gates();
  const { queue, clock } = queueOf(worker, 1);
  for (const key of ['a', 'b', 'c']) queue.addNew(key);
  await clock.advance(0);
  queue.add('a');
  queue.add('c');
  expect(queue.depth).toBe(3);
  for (let n = 0; n < 18; n += 1) {
    const { key, resolve } = open[n]!;
    // News of the first never ends.
    if (key === 'a') queue.add('a');
    resolve();
    await clock.advance(0);
  }
  expect(started.join('')).toBe(`${'a'.repeat(9)}b${'a'.repeat(8)}c`);
});

test('no more keys are worked on at a time than asked for', async () => {
  const { started, open, worker } = gates();
  const { queue, clock } = queueOf(worker, 2);
  for (const key of ['a', 'b', 'c']) queue.add(key);
  await clock.advance(0);
  expect(started).toEqual(['a', 'b']);
  expect(queue.depth).toBe(1);
  open[0]!.resolve();
  await clock.advance(0);
  expect(started).toEqual(['a', 'b', 'c']);
});

test('of several delays the shortest counts, and an add overtakes them', async () => {
  const { started, open, worker } = gates();
  const { queue, clock } = queueOf(worker);
  queue.addAfter('a', 500);
  queue.addAfter('a', 200);
  queue.addAfter('a', 900);
  await clock.advance(199);
  expect(started).toEqual([]);
  await clock.advance(1);
  expect(started).toEqual(['a']);
  open[0]!.resolve();
  queue.addAfter('b', 1000);
  queue.add('b');
  await clock.advance(0);
  expect(started).toEqual(['a', 'b']);
  open[1]!.resolve();
  await clock.advance(5000);
  expect(started).toEqual(['a', 'b']);
});

test('a key that fails comes back later each time, and quickly again after a success', async () => {
  const outcomes = ['fail', 'fail', 'fail', 'ok', 'fail'];
  const { queue, clock, errors } = queueOf(async () => {
    if (outcomes.shift() === 'fail') throw new Error('made up');
  });
  queue.add('a');
  await clock.advance(700);
  queue.add('a');
  await clock.advance(0);
  expect(errors).toEqual([
    ['a', 100],
    ['a', 200],
    ['a', 400],
    ['a', 100],
  ]);
});

test('a stop waits for work under way and starts no more', async () => {
  const { started, open, worker } = gates();
  const { queue, clock, stop, done } = queueOf(worker, 1);
  let ended = false;
  void done.then(() => (ended = true));
  queue.add('a');
  queue.add('b');
  queue.addAfter('c', 10);
  await clock.advance(0);
  stop.abort();
  await clock.advance(1000);
  expect(ended).toBe(false);
  open[0]!.resolve();
  await done;
  queue.add('d');
  await clock.advance(1000);
  expect(started).toEqual(['a']);
});
