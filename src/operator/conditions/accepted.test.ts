import { expect, test } from '@jest/globals';
import { observation } from '../testing/observation.fixture.ts';
import { accepted } from './accepted.ts';

test('a spec with fields of a newer version is accepted, and the fields are named', () => {
  const unknownFields = ['spec.traces.mode', 'spec.sampling.edge'];
  expect(accepted(observation({ unknownFields }))).toEqual({
    status: 'True',
    reason: 'UnknownFields',
    message:
      'valid, but this operator is older than the resource and does nothing with spec.traces.mode, spec.sampling.edge; upgrade the operator',
  });
});

test('a problem says more than a field that is not known', () => {
  const problems = [{ path: 'spec.size', reason: 'does not know "huge"', fix: 'write one of dev, small' }];
  expect(accepted(observation({ problems, unknownFields: ['spec.x'] }))).toMatchObject({ status: 'False' });
});
