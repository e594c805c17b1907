import { expect, test } from '@jest/globals';
import { FakeKernel } from '../kernel.fixture.ts';
import { attributeField, encodeAttributes, type ResourceMetrics } from '../otlp/index.ts';
import { Services, type Peer } from '../process/index.ts';
import { Red } from './red.ts';

const resourceOf = (name: string) => encodeAttributes(attributeField.resource, { 'service.name': name });

/** What a receiver has of each service: the last count per start time. */
class Receiver {
  readonly #counts = new Map<string, Map<number, number>>();

  take(groups: readonly ResourceMetrics[]): void {
    for (const { resource, metrics } of groups) {
      const durations = metrics.find(({ name }) => name === 'http.server.request.duration');
      if (durations?.kind !== 'histogram') continue;
      const byStart = new Map<number, number>();
      for (const { startMs, count } of durations.points) byStart.set(startMs, (byStart.get(startMs) ?? 0) + count);
      const key = Buffer.from(resource).toString('latin1');
      const known = this.#counts.get(key) ?? new Map<number, number>();
      for (const [start, count] of byStart) {
        if (count < (known.get(start) ?? 0)) throw new Error(`${key}: ${count} after ${known.get(start)}`);
        known.set(start, count);
      }
      this.#counts.set(key, known);
    }
  }

  countOf(name: string): number {
    const byStart = this.#counts.get(Buffer.from(resourceOf(name)).toString('latin1'));
    return [...(byStart?.values() ?? [])].reduce((sum, count) => sum + count, 0);
  }
}

test('10,000 services come and go, some come back: rows stay bounded, totals are exact', () => {
  let nowMs = 1_000_000;
  const kernel = new FakeKernel();
  const services = new Services(511, () => nowMs);
  const red = new Red({
    kernel,
    removeService: (service) => kernel.removeService(service),
    services,
    routes: [],
    families: ['application'],
    seriesLimit: 10_000,
    peerOf: (): Peer => ({ kind: 'host' }),
    inCluster: false,
    ownResource: () => ({ 'service.name': 'ostack-agent' }),
    startMs: nowMs,
  });
  const receiver = new Receiver();
  const truth = new Map<string, number>();
  let mostRows = 0;
  const live = (name: string, requests: number): number => {
    const id = services.enter({ key: name, name, namespace: '', resource: { 'service.name': name } });
    if (id === undefined) throw new Error(`no id for ${name}`);
    for (let i = 0; i < requests; i++) kernel.exchange({ serviceId: id, path: i % 2 ? '/a' : '/b' });
    truth.set(name, (truth.get(name) ?? 0) + requests);
    return id;
  };
  const collect = () => {
    mostRows = Math.max(mostRows, kernel.readRed().length);
    receiver.take(red.collect(nowMs));
    red.delivered(nowMs);
    nowMs += 10_000;
  };
  for (let n = 0; n < 10_000; n += 100) {
    const ids = Array.from({ length: 100 }, (_, i) => live(`job-${n + i}`, 1 + ((n + i) % 5)));
    if (n % 500 === 400) ids.push(live(`job-${n - 400}`, 3));
    for (const id of ids) services.leave(id);
    collect();
  }
  for (let i = 0; i < 60; i++) collect();
  const wrong = [...truth].filter(([name, count]) => receiver.countOf(name) !== count);
  expect(wrong).toEqual([]);
  expect(truth.size).toBe(10_000);
  expect(mostRows).toBeLessThan(1_200);
  expect(kernel.readRed()).toEqual([]);
  expect(red.counters.get('red_lost_total')).toBe(0);
});
