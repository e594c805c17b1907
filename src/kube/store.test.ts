import { expect, test } from '@jest/globals';
import type { Live } from './resource.ts';
import { Store } from './store.ts';

function live(name: string, version: number, labels: Record<string, string> = {}, namespace = 'a'): Live {
  const metadata = { name, namespace, uid: name, resourceVersion: String(version), labels };
  return { apiVersion: 'v1', kind: 'Thing', metadata };
}

test('an older state never replaces a newer one, however versions are written', () => {
  const store = new Store();
  expect(store.put(live('x', 99))?.kind).toBe('added');
  expect(store.put(live('x', 100))?.kind).toBe('changed');
  expect(store.put(live('x', 99))).toBeUndefined();
  expect(store.put(live('x', 100))).toBeUndefined();
  expect(store.drop(live('x', 99))).toBeUndefined();
  expect(store.get('x', 'a')!.metadata.resourceVersion).toBe('100');
  expect(store.drop(live('x', 101))?.kind).toBe('removed');
  expect(store.size).toBe(0);
});

test('a list replaces what it is newer than, and keeps what was learned after it', () => {
  const store = new Store();
  store.put(live('gone', 5));
  store.put(live('same', 6));
  store.put(live('written', 20));
  const changes = store.replace([live('same', 6), live('new', 8)], '10');
  expect(changes.map(({ kind, live: { metadata } }) => `${kind} ${metadata.name}`)).toEqual([
    'added new',
    'removed gone',
  ]);
  expect([...store.all()].map(({ metadata }) => metadata.name)).toEqual(['same', 'written', 'new']);
});

test('objects are found by all their labels, and no longer by a label they lost', () => {
  const store = new Store();
  const labels = { 'ostack.io/stack': 'demo', tier: 'x' };
  store.put(live('one', 1, labels));
  store.put(live('two', 2, { ...labels, tier: 'y' }));
  store.put(live('far', 3, labels, 'b'));
  const names = (wanted: Record<string, string>, namespace?: string) =>
    store.select(wanted, namespace).map(({ metadata }) => metadata.name);
  expect(names({ 'ostack.io/stack': 'demo' })).toEqual(['one', 'two', 'far']);
  expect(names(labels, 'a')).toEqual(['one']);
  expect(names({ tier: 'y' })).toEqual(['two']);
  expect(names({ 'ostack.io/stack': 'none' })).toEqual([]);
  expect(names({}, 'b')).toEqual(['far']);
  store.put(live('one', 4, { 'ostack.io/stack': 'other' }));
  expect(names({ 'ostack.io/stack': 'demo' })).toEqual(['two', 'far']);
  store.drop(live('one', 5));
  store.drop(live('two', 5));
  expect(names({ 'ostack.io/stack': 'demo' })).toEqual(['far']);
  expect(names({ 'ostack.io/stack': 'other' })).toEqual([]);
});
