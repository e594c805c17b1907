import { expect, test } from '@jest/globals';
import { Pool } from './pool.ts';

const parse = (text: string) => JSON.parse(text) as Record<string, unknown>;

test('equal values become one, whole or in part', () => {
  const pool = new Pool();
  const first = pool.share(parse('{"name":"a","limits":{"cpu":"1"},"list":[{"x":[1,2]}]}'));
  const same = pool.share(parse('{"name":"a","limits":{"cpu":"1"},"list":[{"x":[1,2]}]}'));
  const other = pool.share(parse('{"name":"b","limits":{"cpu":"1"},"list":[{"x":[1,2]},{"x":[1]}]}'));
  expect(same).toBe(first);
  expect(other).toEqual(parse('{"name":"b","limits":{"cpu":"1"},"list":[{"x":[1,2]},{"x":[1]}]}'));
  expect(other['limits']).toBe(first['limits']);
  expect((other['list'] as unknown[])[0]).toBe((first['list'] as unknown[])[0]);
});

test('what differs in a type or in the order of its fields stays another', () => {
  const pool = new Pool();
  const values = ['{"a":1}', '{"a":"1"}', '{"a":[1]}', '{"a":{"0":1}}', '{"a":null}', '{"a":1,"b":2}', '{"b":2,"a":1}'];
  values.map((text) => pool.share(parse(text)));
  expect(values.map((text) => JSON.stringify(pool.share(parse(text))))).toEqual(values);
});

test('a flood of values is forgotten, and what is asked for again and again is not', () => {
  const pool = new Pool();
  const wanted = pool.share(parse('{"a":{"wanted":true}}'));
  const once = pool.share(parse('{"once":true}'));
  for (let n = 0; n < 5000; n += 1) {
    pool.share({ n });
    if (n % 900 === 0) expect(pool.share(parse('{"a":{"wanted":true}}'))).toBe(wanted);
  }
  expect(pool.share(parse('{"once":true}'))).not.toBe(once);
});

test('texts and numbers are what they are', () => {
  const pool = new Pool();
  expect([pool.share('a'), pool.share(1), pool.share(null), pool.share(undefined)]).toEqual(['a', 1, null, undefined]);
});
