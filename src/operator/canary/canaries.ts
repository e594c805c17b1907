import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { PipelineSeen } from '../observation/observation.ts';
import { diagnose } from './diagnose.ts';
import { evidenceOf, snapshot } from './evidence.ts';
import type { Http } from './http.ts';
import { round, type Trip } from './round.ts';
import { pipelinesOf, testedSignals, type Target } from './target.ts';

export interface CanariesOptions {
  readonly http: Http;
  readonly clock: Clock;
  /** Random source, 0..1. */
  readonly random: () => number;
  readonly log: Log;
  /** Told when what is known of a stack's pipelines has changed. */
  readonly onChange: (key: string) => void;
  readonly onTrip: (trip: Trip) => void;
  readonly periods?: CanaryPeriods;
}

/** Milliseconds. Half a minute between canaries finds a break within 30 + 2 × (decision wait + slack) + pause. */
export interface CanaryPeriods {
  readonly healthy: number;
  readonly broken: number;
  /** How long a canary may take beyond the wait of tail sampling. */
  readonly slack: number;
  /** Between a lost canary and the one that confirms it. */
  readonly pause: number;
}

const defaultPeriods: CanaryPeriods = { healthy: 30_000, broken: 10_000, slack: 12_000, pause: 2000 };

interface Watched {
  target: Target;
  pipelines: readonly PipelineSeen[];
  readonly stop: AbortController;
  wake: AbortController;
  /** Something changed since the last canary took off. */
  news: boolean;
}

/** Sends canaries through every stack it was told of, and knows what became of the last ones. */
export class Canaries {
  private readonly options: CanariesOptions;
  private readonly periods: CanaryPeriods;
  private readonly watched = new Map<string, Watched>();
  private readonly running = new Set<Promise<void>>();

  constructor(options: CanariesOptions) {
    this.options = options;
    this.periods = options.periods ?? defaultPeriods;
  }

  /** Starts or updates the canary of a stack; what is known of its pipelines comes back. */
  expect(key: string, target: Target): readonly PipelineSeen[] {
    const tested = testedSignals(target.endpoints);
    const present = this.watched.get(key);
    if (present === undefined) return this.start(key, target, pipelinesOf(tested, target.known));
    const news = target.fingerprint !== present.target.fingerprint || target.ready !== present.target.ready;
    present.target = target;
    present.pipelines = pipelinesOf(tested, present.pipelines);
    if (news) {
      present.news = true;
      present.wake.abort();
    }
    return present.pipelines;
  }

  /** What is known of a stack's pipelines; undefined if it has no canary. */
  known(key: string): readonly PipelineSeen[] | undefined {
    return this.watched.get(key)?.pipelines;
  }

  /** Ends the canary of a stack. */
  forget(key: string): void {
    this.watched.get(key)?.stop.abort();
    this.watched.delete(key);
  }

  /** Ends all of them, and resolves when the last one has. */
  async stop(): Promise<void> {
    for (const key of this.watched.keys()) this.forget(key);
    await Promise.all(this.running);
  }

  private start(key: string, target: Target, pipelines: readonly PipelineSeen[]): readonly PipelineSeen[] {
    const watched: Watched = {
      target,
      pipelines,
      stop: new AbortController(),
      wake: new AbortController(),
      news: false,
    };
    this.watched.set(key, watched);
    const run = this.run(key, watched).finally(() => this.running.delete(run));
    this.running.add(run);
    return pipelines;
  }

  private async run(key: string, watched: Watched): Promise<void> {
    const { signal } = watched.stop;
    // After a restart the canaries of many stacks must not fly in one flock.
    if (!isUnproven(watched)) await this.rest(watched, this.periods.healthy * this.options.random());
    while (!signal.aborted) {
      // Before the first proof an answer of "lost" would only say that the stack is still starting.
      if (isUnproven(watched) && !watched.target.ready) {
        await this.rest(watched, this.periods.healthy);
        continue;
      }
      watched.news = false;
      const found = await this.prove(watched);
      if (signal.aborted) return;
      this.learn(key, watched, found);
      const broken = watched.pipelines.some((p) => p.state === 'Broken' || p.state === 'Unknown');
      await this.rest(watched, broken ? this.periods.broken : this.periods.healthy);
    }
  }

  /** One canary, and a second one under observation if the first is missing: a single loss is no verdict. */
  private async prove(watched: Watched): Promise<readonly PipelineSeen[]> {
    const first = await this.fly(watched);
    if (first.every((trip) => trip.found) || watched.stop.signal.aborted) return first.map(toHealthy);
    // What refuses at once may only be starting again.
    await this.options.clock.sleep(this.periods.pause, watched.stop.signal);
    const { http } = this.options;
    const { mimir } = watched.target.endpoints;
    const pods = watched.target.pods();
    const before = await snapshot(http, pods, mimir);
    const second = await this.fly(watched);
    if (second.every((trip) => trip.found)) return second.map(toHealthy);
    const evidence = evidenceOf(before, await snapshot(http, pods, mimir), pods.samplers.size);
    return second.map((trip) => {
      if (trip.found) return toHealthy(trip);
      const hop = diagnose(trip.signal, { ...evidence, sent: trip.sent });
      this.options.log.warn({ signal: trip.signal, hop, err: trip.error, evidence }, 'canary lost');
      return { signal: trip.signal, state: 'Broken', hop };
    });
  }

  private async fly({ target, stop }: Watched): Promise<Trip[]> {
    const { http, clock, onTrip } = this.options;
    const deadlineMs = target.decisionWaitMs + this.periods.slack;
    const { endpoints } = target;
    const trips = await round({
      http,
      clock,
      endpoints,
      signals: testedSignals(endpoints),
      deadlineMs,
      signal: stop.signal,
    });
    if (!stop.signal.aborted) trips.forEach(onTrip);
    return trips;
  }

  private learn(key: string, watched: Watched, found: readonly PipelineSeen[]): void {
    const before = JSON.stringify(watched.pipelines);
    watched.pipelines = pipelinesOf(testedSignals(watched.target.endpoints), found);
    if (JSON.stringify(watched.pipelines) !== before) this.options.onChange(key);
  }

  private async rest(watched: Watched, ms: number): Promise<void> {
    if (watched.news && watched.target.ready) return;
    watched.wake = new AbortController();
    await this.options.clock.sleep(ms, AbortSignal.any([watched.stop.signal, watched.wake.signal]));
  }
}

const toHealthy = ({ signal }: Trip): PipelineSeen => ({ signal, state: 'Healthy', hop: '' });

const isUnproven = ({ pipelines }: Watched): boolean => pipelines.some((p) => p.state === 'Unknown');
