import { expect, test } from '@jest/globals';
import { createLog } from '../lib/log.ts';
import { Conflict, NotFound, Unreachable } from './errors.ts';
import { Lease } from './lease.ts';
import { ManualClock } from './manual-clock.fixture.ts';
import type { Answer, Rest } from './rest.ts';

/** One lease in an API server: versions, conflicts, and outages for whoever is cut off. */
class FakeLeases {
  object: { metadata: { resourceVersion: string }; spec: Record<string, unknown> } | undefined;
  writes = 0;
  private version = 0;

  seenBy(isCutOff: () => boolean): Pick<Rest, 'request'> {
    return {
      request: async (method, path, { body } = {}): Promise<Answer> => {
        if (isCutOff()) throw new Unreachable(`${method} ${path}: cut off`, 0, '');
        const given = body as NonNullable<typeof this.object>;
        if (method === 'GET') {
          if (!this.object) throw new NotFound('none', 404, '');
          return { status: 200, body: this.object };
        }
        const conflicts =
          method === 'POST' ? this.object : this.object?.metadata.resourceVersion !== given.metadata.resourceVersion;
        if (conflicts) throw new Conflict('changed', 409, '');
        this.version += 1;
        this.writes += 1;
        this.object = { ...given, metadata: { ...given.metadata, resourceVersion: String(this.version) } };
        return { status: 200, body: this.object };
      },
    };
  }
}

function replica(leases: FakeLeases, clock: ManualClock, identity: string) {
  const state = { cutOff: false, leads: false, lost: false };
  const lease = new Lease({
    rest: leases.seenBy(() => state.cutOff),
    namespace: 'ostack',
    name: 'operator',
    identity,
    clock,
    random: () => 0.5,
    log: createLog('test', 'silent'),
  });
  const stop = new AbortController();
  const run = async () => {
    state.leads = await lease.acquire(stop.signal);
    await lease.keep(stop.signal);
    if (!stop.signal.aborted) state.lost = true;
  };
  return { lease, state, stop, running: run() };
}

test('one of two leads, and renews without reading', async () => {
  const [leases, clock] = [new FakeLeases(), new ManualClock()];
  const a = replica(leases, clock, 'a');
  await clock.advance(0);
  const b = replica(leases, clock, 'b');
  await clock.advance(60_000);
  expect([a.state.leads, b.state.leads]).toEqual([true, false]);
  expect([a.lease.holding(), b.lease.holding()]).toEqual([true, false]);
  expect(b.lease.holder()).toBe('a');
  expect(leases.writes).toBe(31);
});

test('a leader that is killed is followed within 20 s', async () => {
  const [leases, clock] = [new FakeLeases(), new ManualClock()];
  const a = replica(leases, clock, 'a');
  await clock.advance(0);
  const b = replica(leases, clock, 'b');
  await clock.advance(10_000);
  a.state.cutOff = true;
  await clock.advance(14_000);
  expect(b.state.leads).toBe(false);
  await clock.advance(6_000);
  expect(b.state.leads).toBe(true);
  expect(leases.object!.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1, leaseDurationSeconds: 15 });
});

test('a leader that is cut off stops trusting its lease before anybody else can take it', async () => {
  const [leases, clock] = [new FakeLeases(), new ManualClock()];
  const a = replica(leases, clock, 'a');
  await clock.advance(0);
  const b = replica(leases, clock, 'b');
  await clock.advance(10_000);
  a.state.cutOff = true;
  let bothHeld = 0;
  let nobody = 0;
  for (let ms = 0; ms < 30_000; ms += 100) {
    await clock.advance(100);
    if (a.lease.holding() && b.lease.holding()) bothHeld += 1;
    if (!a.lease.holding() && !b.lease.holding()) nobody += 1;
  }
  expect(bothHeld).toBe(0);
  expect(nobody).toBeGreaterThan(20);
  expect(a.state.lost).toBe(true);
  expect(b.lease.holding()).toBe(true);
});

test('a lease given up is taken within about a second', async () => {
  const [leases, clock] = [new FakeLeases(), new ManualClock()];
  const a = replica(leases, clock, 'a');
  await clock.advance(0);
  const b = replica(leases, clock, 'b');
  await clock.advance(5_000);
  a.stop.abort();
  await a.running;
  await a.lease.release();
  expect(a.lease.holding()).toBe(false);
  await clock.advance(1_200);
  expect(b.state.leads).toBe(true);
});

test('a release whose last renewal was cut off reads the lease again', async () => {
  const [leases, clock] = [new FakeLeases(), new ManualClock()];
  const a = replica(leases, clock, 'a');
  await clock.advance(0);
  leases.object = { ...leases.object!, metadata: { resourceVersion: 'other' } };
  a.stop.abort();
  await a.running;
  await a.lease.release();
  expect(leases.object.spec).toMatchObject({ holderIdentity: '' });
});

test('a lease somebody else wrote to is lost at once', async () => {
  const [leases, clock] = [new FakeLeases(), new ManualClock()];
  const a = replica(leases, clock, 'a');
  await clock.advance(0);
  leases.object = { metadata: { resourceVersion: 'x' }, spec: { holderIdentity: 'thief', leaseDurationSeconds: 15 } };
  await clock.advance(2_100);
  expect(a.lease.holding()).toBe(false);
  expect(a.state.lost).toBe(true);
});

test('a short outage of the server does not cost the lease', async () => {
  const [leases, clock] = [new FakeLeases(), new ManualClock()];
  const a = replica(leases, clock, 'a');
  await clock.advance(4_000);
  a.state.cutOff = true;
  await clock.advance(7_000);
  a.state.cutOff = false;
  await clock.advance(4_000);
  expect(a.lease.holding()).toBe(true);
  expect(a.state.lost).toBe(false);
});
