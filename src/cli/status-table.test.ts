import { expect, test } from '@jest/globals';
import { statusTable } from './status-table.ts';

test('a stack is shown in aligned columns, without empty sections', () => {
  const shown = statusTable({
    metadata: { name: 'demo', namespace: 'x', uid: 'u', resourceVersion: '1', generation: 2 },
    status: {
      observedGeneration: 2,
      conditions: [
        {
          type: 'Ready',
          status: 'False',
          reason: 'NoPods',
          message: 'TracesReady: none',
          lastTransitionTime: 't',
          observedGeneration: 2,
        },
      ],
      components: [
        { name: 'tempo', kind: 'StatefulSet', desired: 1, ready: 0, updated: 0, state: 'NoPods', message: 'none' },
      ],
    },
  });
  expect(shown).toBe(
    `x/demo

  CONDITION  STATUS  REASON  MESSAGE
  Ready      False   NoPods  TracesReady: none

  COMPONENT  READY  UPDATED  STATE   MESSAGE
  tempo      0/1    0        NoPods  none
`,
  );
});

test('a status about an older spec says so', () => {
  const metadata = { name: 'demo', namespace: 'x', uid: 'u', resourceVersion: '1', generation: 2 };
  expect(statusTable({ metadata })).toBe('x/demo (the newest spec has not been seen yet)\n');
});
