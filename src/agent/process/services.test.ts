import { expect, test } from '@jest/globals';
import { Services } from './services.ts';

const identity = (key: string) => ({ key, name: key, namespace: '', resource: {} });
const minute = 60_000;

test('an id stays with its service while processes come and go', () => {
  const services = new Services(9, () => 0);
  expect([services.enter(identity('a')), services.enter(identity('a')), services.enter(identity('b'))]).toEqual([
    1, 1, 2,
  ]);
  services.leave(1);
  expect(services.retired()).toEqual([]);
});

test('it is given away only after a while, and only once it was read a last time', () => {
  let now = 0;
  const services = new Services(9, () => now);
  services.enter(identity('a'));
  services.leave(1);
  expect(services.retired()).toEqual([]);
  now = 6 * minute;
  expect(services.retired()).toEqual([1]);
  expect(services.enter(identity('b'))).toBe(2);
  services.flushed(1);
  expect(services.get(1)).toBeUndefined();
  expect([3, 4, 5, 6, 7, 8, 9, 1].map((id) => services.enter(identity(`later ${id}`)))).toEqual([
    3, 4, 5, 6, 7, 8, 9, 1,
  ]);
  expect([services.sinceMs(2), services.sinceMs(1)]).toEqual([now, now]);
});

test('a service that comes back in time keeps its id, even between the last reading and the end', () => {
  let now = 0;
  const services = new Services(9, () => now);
  services.enter(identity('a'));
  services.leave(1);
  now = 6 * minute;
  expect(services.retired()).toEqual([1]);
  services.enter(identity('a'));
  services.flushed(1);
  expect(services.get(1)?.name).toBe('a');
});

test('when ids run short nobody waits, and when there are none it says so', () => {
  const services = new Services(2, () => 0);
  services.enter(identity('a'));
  services.enter(identity('b'));
  expect(services.enter(identity('c'))).toBeUndefined();
  services.leave(1);
  expect(services.retired()).toEqual([1]);
});
