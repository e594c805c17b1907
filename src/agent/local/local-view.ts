import type { Agent } from '../agent.ts';
import type { CoverageRow, Kernel } from '../bpf/contract.ts';
import type { Departure } from '../departure.ts';
import { DeliveryWatch } from './delivery.ts';
import { Departed } from './departed.ts';
import type { Summary } from './summary.ts';
import { requestCounts, toRoutes, toServices, type Reading } from './view.ts';

/** Bytes on sockets, and how many of them were understood. */
interface Bytes {
  parsed: number;
  all: number;
}

/** Looks at a running agent from time to time: rates are over the time between two looks, totals over the whole run. */
export class LocalView {
  readonly #agent: Agent;
  readonly #kernel: Pick<Kernel, 'readCoverage'>;
  readonly #departed = new Departed();
  readonly #wanted: string;
  readonly #delivery: DeliveryWatch | undefined;
  readonly #spans = new Map<string, number>();
  #before = new Map<string, number>();
  #lookedMs: number;
  #reading: Reading | undefined;
  #coverage: Bytes = { parsed: 0, all: 0 };
  #targets = 0;

  /** @param wanted whom the command line asks for. @param sends whether there is an OTLP receiver. */
  constructor(agent: Agent, kernel: Pick<Kernel, 'readCoverage'>, wanted: string, sends: boolean, nowMs: number) {
    this.#agent = agent;
    this.#kernel = kernel;
    this.#wanted = wanted;
    this.#delivery = sends ? new DeliveryWatch() : undefined;
    this.#lookedMs = nowMs;
    agent.onSpan((key) => this.#addSpans(key, 1));
    agent.onDeparture = (departure) => this.#outlive(departure);
  }

  #addSpans(key: string, count: number): void {
    this.#spans.set(key, (this.#spans.get(key) ?? 0) + count);
  }

  /** Another service may get the keys of one that is gone. */
  #outlive(departure: Departure): void {
    for (const [key, kept] of this.#departed.add(departure)) {
      this.#addSpans(kept, this.#spans.get(key) ?? 0);
      this.#spans.delete(key);
    }
  }

  look(nowMs: number): Summary {
    const { discovery, red } = this.#agent;
    const names = new Map([...discovery.services].map(([id, { name }]) => [id, name]));
    const nameOf = (id: number) => this.#departed.identityOf(id)?.name ?? names.get(id) ?? String(id);
    const series = [...this.#departed.series(), ...red.read().values()];
    const bytes = bytesByName([...this.#departed.coverage(), ...this.#kernel.readCoverage()], nameOf);
    this.#coverage = [...bytes.values()].reduce(
      (sum, { parsed, all }) => ({ parsed: sum.parsed + parsed, all: sum.all + all }),
      { parsed: 0, all: 0 },
    );
    this.#reading = {
      series,
      nameOf,
      keptOf: (key) => this.#spans.get(key) ?? 0,
      coverageOf: (name) => shareOf(bytes.get(name)),
      before: this.#before,
      seconds: (nowMs - this.#lookedMs) / 1000,
    };
    this.#before = requestCounts(this.#reading);
    this.#lookedMs = nowMs;
    this.#targets = discovery.counters.get('targets');
    return this.#summary();
  }

  /** The last look once more, with the spans made and what was sent since: when the agent has ended. */
  last(): Summary {
    const { delivery, ...summary } = this.#summary();
    return delivery ? { ...summary, delivery: { ...delivery, waiting: false } } : summary;
  }

  #summary(): Summary {
    const { discovery, spans } = this.#agent;
    const kept = Object.fromEntries(
      ['error', 'slow', 'share', 'relative'].map((verdict) => [
        verdict,
        spans.counters.get(`spans_kept_total{verdict="${verdict}"}`),
      ]),
    );
    return {
      services: this.#reading ? toServices(this.#reading) : [],
      routes: this.#reading ? toRoutes(this.#reading) : [],
      wanted: this.#wanted,
      targets: this.#targets,
      followed: discovery.followed,
      kept,
      coverage: shareOf(this.#coverage),
      ...(this.#delivery ? { delivery: this.#delivery.read(new Map(this.#agent.samples())) } : {}),
    };
  }
}

function bytesByName(rows: readonly CoverageRow[], nameOf: (service: number) => string): Map<string, Bytes> {
  const bytes = new Map<string, Bytes>();
  for (const { serviceId, parsed, slow, blind, unknown } of rows) {
    const name = nameOf(serviceId);
    const sum = bytes.get(name) ?? { parsed: 0, all: 0 };
    bytes.set(name, { parsed: sum.parsed + Number(parsed), all: sum.all + Number(parsed + slow + blind + unknown) });
  }
  return bytes;
}

function shareOf(bytes: Bytes | undefined): number | undefined {
  return bytes === undefined || bytes.all === 0 ? undefined : bytes.parsed / bytes.all;
}
