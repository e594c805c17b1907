import { expect, test } from '@jest/globals';
import { recordedStates } from './gitops.fixture.ts';
import { argoHealth } from './testing/argocd-health.fixture.ts';

test.each(recordedStates())('Argo CD shows a stack that is $name as $argo', ({ resource, argo }) => {
  const found = argoHealth(resource);
  expect(found.status).toBe(argo);
  expect(found.message).not.toBe('');
});
