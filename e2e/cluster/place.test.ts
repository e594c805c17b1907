import { describe, expect, test } from '@jest/globals';
import { placeOf } from './place.ts';

describe('the place of a node', () => {
  test('shares no path and no cgroup with another', () => {
    const [one, two] = [placeOf('ostack'), placeOf('ostack-test')];
    expect(new Set([one.root, two.root, one.cgroup, two.cgroup]).size).toBe(4);
  });

  test.each(['docker', 'system.slice', 'ostack/../x', '', 'ostack-much-too-long-a-name'])(
    'is refused for the name "%s", because everything in that cgroup would be ended',
    (name) => expect(() => placeOf(name)).toThrow('must start with "ostack"'),
  );
});
