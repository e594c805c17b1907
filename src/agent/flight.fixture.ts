import type { Flight, FlightSummary } from './bpf/contract.ts';

/** A flight recorder that remembers these, as asked for what ended since a moment and began by another. */
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
