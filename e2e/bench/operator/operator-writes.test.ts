import { expect, test } from '@jest/globals';
import type { AuditedRequest } from '../../scenarios/audit.ts';
import { operatorWrites, textOfWrites } from './operator-writes.ts';

const request = (verb: string, resource: string, user = 'operator'): AuditedRequest => ({
  user,
  verb,
  resource,
  pod: '',
  agent: '',
  name: 'demo',
  namespace: 'a',
  group: '',
  status: 200,
  uri: '',
  receivedAt: 0,
  doneAt: 0,
});

test('writes of the operator are counted by what they are about, and nobody else’s', () => {
  const seen = operatorWrites([
    request('patch', 'configmaps'),
    request('delete', 'services'),
    request('patch', 'observabilitystacks'),
    request('patch', 'observabilitystacks/status'),
    request('patch', 'pods'),
    request('create', 'events'),
    request('update', 'leases'),
    request('watch', 'configmaps'),
    request('patch', 'configmaps', 'person'),
  ]);
  expect(textOfWrites(seen)).toBe('2 children + 1 finalizer + 1 pod annotations + 1 status, 1 events');
  expect(seen.total).toBe(5);
});
