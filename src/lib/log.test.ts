import { expect, test } from '@jest/globals';
import { createLog } from './log.ts';

test('a log keeps its level and can be silenced', () => {
  expect(createLog('operator').level).toBe('info');
  expect(createLog('operator', 'silent').isLevelEnabled('error')).toBe(false);
});
