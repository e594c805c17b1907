import { expect, test } from '@jest/globals';
import { tableOf, untilReady } from './conditions.ts';
import type { Ground } from './ground.ts';

interface Look {
  readonly generation: number;
  readonly observed?: number;
  readonly status?: string;
  readonly message?: string;
}

/** A ground whose stack looks like this, one after another, and then always like the last. */
function groundOf(...looks: readonly Look[]): Ground {
  const rest = [...looks];
  const kubectl = (): Promise<string> => {
    const { generation, observed, status, message } = (rest.length > 1 ? rest.shift() : rest[0])!;
    const conditions = [{ type: 'Ready', status, reason: 'Progressing', message }];
    return Promise.resolve(
      JSON.stringify({
        metadata: { generation },
        ...(observed !== undefined && { status: { observedGeneration: observed, conditions } }),
      }),
    );
  };
  return { kubectl, readyWithinMs: 1200 } as unknown as Ground;
}

test('what Ready waits for is told once each time it changes', async () => {
  const said: string[] = [];
  const waits = { generation: 1, observed: 1, status: 'False', message: 'one of five' };
  const ready = { ...waits, status: 'True' };
  const conditions = await untilReady(groundOf({ generation: 1 }, waits, waits, ready), (line) => said.push(line));
  expect(said).toEqual(['the operator to look at it', 'Progressing: one of five']);
  expect(tableOf(conditions)).toMatch(/^ {2}Ready +True +Progressing +one of five$/);
});

test('what was Ready before the last edit is not Ready', async () => {
  const stale = groundOf({ generation: 2, observed: 1, status: 'True', message: 'all five' });
  await expect(untilReady(stale, () => undefined)).rejects.toThrow(/Ready=True; last: the operator to look at it/);
});
