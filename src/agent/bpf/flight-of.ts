import type { Flight, FlightSummary } from './exchange.ts';

/** Of some exchanges those that ended at `sinceNs` (monotonic) or later and began by `untilNs`. */
export function flightOf(all: readonly FlightSummary[], sinceNs: bigint, untilNs: bigint): Flight {
  const left = new Set(all.filter(({ startNs, lastNs }) => lastNs >= sinceNs && startNs <= untilNs));
  const take = (wanted: (exchange: FlightSummary) => boolean) => {
    const found = [...left].filter(wanted);
    for (const exchange of found) left.delete(exchange);
    return found;
  };
  return {
    takeDuring: (from, to) => take(({ startNs, lastNs }) => startNs <= to && lastNs >= from),
    takeTrace: (traceId) => take((exchange) => exchange.traceId === traceId),
  };
}

/** Two recorders asked as one. */
export function bothFlights(one: Flight, other: Flight): Flight {
  return {
    takeDuring: (startNs, endNs) => [...one.takeDuring(startNs, endNs), ...other.takeDuring(startNs, endNs)],
    takeTrace: (traceId) => [...one.takeTrace(traceId), ...other.takeTrace(traceId)],
  };
}
