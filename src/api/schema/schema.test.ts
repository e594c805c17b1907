import { describe, expect, test } from '@jest/globals';
import {
  boolean,
  branch,
  broken,
  fill,
  free,
  integer,
  keyed,
  list,
  map,
  object,
  quantity,
  set,
  structural,
} from './index.ts';
import { string, text, validator, word } from './index.ts';

const shop = branch({
  open: boolean().default(true).describe('Open.'),
  kind: word('Small', 'Large').default('Small').describe('Kind.'),
  note: string({ max: 5 }).optional().describe('Note.'),
  shelves: keyed(
    ['name'],
    object({ name: string({ min: 1, max: 9 }).describe('Name.'), count: integer({ min: 0, max: 9 }).default(1) }),
    { max: 2 },
  ).default([]),
  tags: set(text({ max: 9, form: '^[a-z]+$', what: 'a tag', fix: 'write letters' }), { max: 9 }).default([]),
  steps: list(integer({ min: 0, max: 9 }), { min: 1, max: 3 }).default([1]),
  rent: quantity({ min: '1', max: '10', like: '2' }).sized(),
  labels: map(string({ max: 9 }), { max: 2 }).default({}),
  extra: free({ min: 1, max: 3 }).optional(),
});

const filled = (value: unknown) => fill(shop.node, value);
const told = (value: unknown, old?: unknown) => {
  const faults = validator(shop.node)(filled(value), 'shop');
  return [...faults, ...broken(shop.node, filled(value), 'shop', faults, old && filled(old))].map(
    ({ path, reason, fix }) => `${path} ${reason}: ${fix}`,
  );
};

describe('defaults', () => {
  test('fill what is left out or null, at every depth, but not what a size decides', () => {
    expect(filled({ note: null, shelves: [{ name: 'a', count: null }] })).toEqual({
      open: true,
      kind: 'Small',
      shelves: [{ name: 'a', count: 1 }],
      tags: [],
      steps: [1],
      labels: {},
    });
  });

  test('leave strangers and wrong types for the validator, and the inside of a free object alone', () => {
    expect(filled({ stranger: null, steps: 'no', extra: { a: null } })).toMatchObject({
      stranger: null,
      steps: 'no',
      extra: { a: null },
    });
  });
});

test.each<[what: string, value: unknown, problem: string]>([
  ['a wrong type', { open: 'yes' }, 'shop.open is text, not true or false: write true or false'],
  ['a whole that is none', { steps: [1.5] }, 'shop.steps[0] is a number, not a whole number from 0 to 9: write'],
  ['a list that is none', { steps: 1 }, 'shop.steps is a number, not a list: write a list'],
  ['a near word', { kind: 'Lrage' }, 'shop.kind does not know "Lrage": did you mean Large? Known: Small, Large'],
  ['a far word', { kind: 'Enormous' }, 'shop.kind does not know "Enormous": write one of Small, Large'],
  ['a near field', { opne: true }, 'shop.opne is no field of this resource: did you mean open?'],
  ['long text', { note: 'abcdef' }, 'shop.note has 6 characters: write at most 5'],
  ['empty text', { shelves: [{ name: '' }] }, 'shop.shelves[0].name is empty: write at least 1 characters'],
  ['a missing field', { shelves: [{}] }, 'shop.shelves[0].name is missing: write text'],
  ['a long list', { steps: [1, 2, 3, 4] }, 'shop.steps has 4 items: write at most 3'],
  ['a short list', { steps: [] }, 'shop.steps has too few items: write at least 1'],
  ['many entries', { labels: { a: 'a', b: 'b', c: 'c' } }, 'shop.labels has too many entries: write at most 2'],
  ['an entry of a map', { labels: { 'a/b': 1 } }, 'shop.labels["a/b"] is a number, not text'],
  ['a number out of bounds', { steps: [10] }, 'shop.steps[0] is 10: write a number from 0 to 9'],
  ['an empty free object', { extra: {} }, 'shop.extra is empty: write an object'],
  ['a broken form', { tags: ['A'] }, 'shop.tags[0] is not a tag: write letters'],
  ['a value twice in a set', { tags: ['a', 'a'] }, 'shop.tags[1] has the value of item 0 again: leave one of them out'],
  [
    'a key twice',
    { shelves: [{ name: 'a' }, { name: 'a', count: 2 }] },
    'shop.shelves[1] has the name of item 0 again',
  ],
  ['a quantity out of bounds', { rent: 11 }, 'shop.rent is no quantity from 1 to 10: write digits'],
])('%s is told where it is and what to write', (_, value, problem) => {
  expect(told(value)).toEqual([expect.stringContaining(problem)]);
});

test('a value that fits is told nothing', () => {
  expect(
    told({ rent: 3, tags: ['a', 'b'], shelves: [{ name: 'a' }, { name: 'b' }], extra: { anything: [1] } }),
  ).toEqual([]);
});

test('a rule about a change compares items of the same key, wherever they stand', () => {
  const item = object({
    name: string({ max: 9 }),
    size: integer({ min: 0, max: 9 }).change({
      cel: 'self >= oldSelf',
      reason: 'shrinks',
      fix: 'grow',
      holds: (now, old) => now >= old,
    }),
  });
  const shelf = branch({ shelves: keyed(['name'], item, { max: 9 }).default([]) });
  const before = {
    shelves: [
      { name: 'a', size: 5 },
      { name: 'b', size: 1 },
    ],
  };
  const after = {
    shelves: [
      { name: 'b', size: 2 },
      { name: 'c', size: 0 },
      { name: 'a', size: 4 },
    ],
  };
  expect(broken(shelf.node, after, 'shelf', [], before).map(({ path }) => path)).toEqual(['shelf.shelves[2].size']);
  expect(broken(shelf.node, after, 'shelf', [])).toEqual([]);
});

test('a check is asked only where every rule holds', () => {
  const asked: string[] = [];
  const word = text({ max: 9, form: '^[a-z]+$', what: 'a word', fix: 'write letters' }).check((value) => {
    asked.push(value);
    return [];
  });
  broken(branch({ words: list(word, { max: 9 }) }).node, { words: ['fine', 'NOT'] }, '', []);
  expect(asked).toEqual(['fine']);
});

test('the default of a branch is written out whole, because rules are asked of it', () => {
  expect(structural(shop.node).default).toEqual(filled({}));
});
