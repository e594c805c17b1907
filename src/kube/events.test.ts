import { expect, test } from '@jest/globals';
import { NotFound } from './errors.ts';
import { Events } from './events.ts';
import { ManualClock } from './manual-clock.fixture.ts';
import type { RequestOptions } from './rest.ts';

const stack = { apiVersion: 'ostack.io/v1alpha1', kind: 'ObservabilityStack', namespace: 'a', name: 'demo', uid: 'u' };
const ready = { type: 'Normal', reason: 'Ready', message: 'all components run' } as const;

function eventsOf() {
  const clock = new ManualClock();
  const sent: { method: string; path: string; body: Record<string, unknown> }[] = [];
  const state = { expired: false, admitted: 0 };
  const request = async (method: string, path: string, options: RequestOptions = {}) => {
    options.admit?.();
    if (state.expired && method === 'PATCH') throw new NotFound('gone', 404, '');
    sent.push({ method, path, body: options.body as Record<string, unknown> });
    return { status: 201, body: {} };
  };
  const admit = () => (state.admitted += 1);
  return { clock, sent, state, events: new Events({ rest: { request }, clock, admit, instance: 'one' }) };
}

test('an event names what it is about, who tells it and when', async () => {
  const { events, sent, state } = eventsOf();
  await events.tell(stack, ready);
  expect(sent[0]).toMatchObject({
    method: 'POST',
    path: '/api/v1/namespaces/a/events',
    body: { ...ready, count: 1, involvedObject: stack, reportingInstance: 'one', metadata: { namespace: 'a' } },
  });
  expect(sent[0]!.body['firstTimestamp']).toMatch(/^\d{4}-.*\d\dZ$/);
  expect(state.admitted).toBe(1);
});

test('the same event again raises its count instead of adding one', async () => {
  const { events, sent } = eventsOf();
  await events.tell(stack, ready);
  await events.tell(stack, ready);
  await events.tell(stack, ready);
  expect(sent.map(({ method }) => method)).toEqual(['POST', 'PATCH', 'PATCH']);
  expect(sent[2]!.body).toMatchObject({ count: 3 });
  await events.tell(stack, { ...ready, message: 'another' });
  expect(sent[3]!.method).toBe('POST');
});

test('an event the server has forgotten is told anew', async () => {
  const { events, sent, state, clock } = eventsOf();
  await events.tell(stack, ready);
  state.expired = true;
  await events.tell(stack, ready);
  state.expired = false;
  await clock.advance(3_700_000);
  await events.tell(stack, ready);
  expect(sent.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST']);
});

test('an object that tells too much falls silent, others do not', async () => {
  const { events, sent, clock } = eventsOf();
  for (let i = 0; i < 100; i += 1) await events.tell(stack, { ...ready, message: String(i) });
  expect(sent).toHaveLength(25);
  await events.tell({ ...stack, uid: 'other' }, ready);
  expect(sent).toHaveLength(26);
  await clock.advance(301_000);
  await events.tell(stack, ready);
  expect(sent).toHaveLength(27);
});
