import type { Agent } from '../agent.ts';
import type { Kernel } from '../bpf/contract.ts';
import { Departed } from './departed.ts';
import type { Summary } from './table.ts';
import { requestCounts, toView } from './view.ts';

/** Looks at a running agent from time to time: rates are over the time between two looks, totals over the whole run. */
export class LocalView {
  readonly #agent: Agent;
  readonly #kernel: Pick<Kernel, 'readCoverage'>;
  readonly #departed = new Departed();
  #before = new Map<string, number>();
  #lookedMs: number;

  constructor(agent: Agent, kernel: Pick<Kernel, 'readCoverage'>, nowMs: number) {
    this.#agent = agent;
    this.#kernel = kernel;
    this.#lookedMs = nowMs;
    agent.onDeparture = (departure) => this.#departed.add(departure);
  }

  look(nowMs: number): Summary {
    const { discovery, red, spans } = this.#agent;
    const identityOf = (service: number) => this.#departed.identityOf(service) ?? discovery.services.get(service);
    const series = [...this.#departed.series(), ...red.read().values()];
    const routes = toView(series, identityOf, this.#before, (nowMs - this.#lookedMs) / 1000);
    this.#before = requestCounts(series, identityOf);
    this.#lookedMs = nowMs;
    const kept = Object.fromEntries(
      ['error', 'slow', 'share', 'relative'].map((verdict) => [
        verdict,
        spans.counters.get(`spans_kept_total{verdict="${verdict}"}`),
      ]),
    );
    const targets = discovery.counters.get('targets');
    return { routes, targets, followed: discovery.followed, kept, coverage: this.#coverage() };
  }

  #coverage(): number | undefined {
    let parsed = 0;
    let all = 0;
    for (const row of [...this.#departed.coverage(), ...this.#kernel.readCoverage()]) {
      parsed += Number(row.parsed);
      all += Number(row.parsed + row.slow + row.blind + row.unknown);
    }
    return all === 0 ? undefined : parsed / all;
  }
}
