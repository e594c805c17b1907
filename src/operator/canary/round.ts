import type { Clock } from '../../lib/clock.ts';
import type { Endpoints } from '../../stack/index.ts';
import type { Signal } from '../observation/observation.ts';
import type { Http } from './http.ts';
import { lookupOf } from './lookup.ts';
import { newCanary, otlpOf, type Canary } from './signals.ts';

export interface RoundOptions {
  readonly http: Http;
  readonly clock: Clock;
  readonly endpoints: Endpoints;
  readonly signals: readonly Signal[];
  /** How long to look for a canary; milliseconds. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** What became of one signal's canary. */
export interface Trip {
  readonly signal: Signal;
  readonly sent: boolean;
  readonly found: boolean;
  /** From sending to finding; milliseconds. */
  readonly tookMs: number;
  /** The last thing that went wrong, for the log. */
  readonly error: string;
}

const polling = { firstMs: 200, factor: 1.5, maxMs: 2000 };

/** Sends one canary of each signal and looks for it until the deadline. Never rejects. */
export async function round(options: RoundOptions): Promise<Trip[]> {
  const canary = newCanary(options.clock.now());
  return Promise.all(options.signals.map((signal) => trip(signal, canary, options)));
}

async function trip(signal: Signal, canary: Canary, options: RoundOptions): Promise<Trip> {
  const { clock, endpoints, deadlineMs } = options;
  const startedAt = clock.now();
  const done = (sent: boolean, found: boolean, error: string): Trip => {
    return { signal, sent, found, tookMs: clock.now() - startedAt, error };
  };
  const refused = await send(signal, canary, options);
  if (refused !== undefined) return done(false, false, refused);
  const lookup = lookupOf(signal, canary, endpoints);
  if (lookup === undefined) return done(true, false, 'no backend to look in');
  let error = 'not found';
  for (
    let waitMs = polling.firstMs;
    !options.signal.aborted;
    waitMs = Math.min(waitMs * polling.factor, polling.maxMs)
  ) {
    try {
      const { status, body } = await options.http(lookup.url, { signal: options.signal });
      if (lookup.isFound(status, body)) return done(true, true, '');
      error = status === 200 || status === 404 ? 'not found' : `${lookup.url} answers ${status}: ${body.slice(0, 200)}`;
    } catch (cause) {
      error = `${lookup.url}: ${(cause as Error).message}`;
    }
    if (clock.now() - startedAt + waitMs > deadlineMs) break;
    await clock.sleep(waitMs, options.signal);
  }
  return done(true, false, error);
}

/** Undefined once the collector has taken it, otherwise why not. */
async function send(
  signal: Signal,
  canary: Canary,
  { http, endpoints, signal: abort }: RoundOptions,
): Promise<string | undefined> {
  const { path, body } = otlpOf(signal, canary);
  const url = `${endpoints.internalOtlp}${path}`;
  try {
    const answer = await http(url, { json: body, signal: abort });
    return answer.status === 200 ? undefined : `${url} answers ${answer.status}: ${answer.body.slice(0, 200)}`;
  } catch (cause) {
    return `${url}: ${(cause as Error).message}`;
  }
}
