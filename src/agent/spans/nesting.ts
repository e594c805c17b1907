import type { FlightSummary } from '../bpf/contract.ts';
import type { Item } from './item.ts';

/** Runtimes in which a thread stays with a request from its first byte to its response. */
const threadPerRequest = new Set(['python', 'ruby', 'php', 'perl', 'java']);

/**
 * The server request during which a process made a client call, or undefined where that would be a guess.
 * Sound in two cases: the process served exactly one request at that moment, whatever its threads do; or, in runtimes
 * that give each request a thread, exactly one request was open on the calling thread, read and answered by it.
 * A request still open when this is asked is not known yet; the caller asks late for that reason.
 */
export function enclosingRequest(call: FlightSummary, served: readonly Item[], language: unknown): Item | undefined {
  const open = served.filter(({ exchange }) => isDuring(call, exchange));
  if (open.length === 1) return open[0];
  if (typeof language !== 'string' || !threadPerRequest.has(language)) return undefined;
  const onThread = open.filter(
    ({ exchange }) => exchange.requestTid === call.requestTid && exchange.responseTid === call.requestTid,
  );
  return onThread.length === 1 ? onThread[0] : undefined;
}

/** Whether a call began while its process was at work on a request. */
export function isDuring(call: FlightSummary, request: FlightSummary): boolean {
  return request.tgid === call.tgid && request.startNs <= call.startNs && call.startNs <= request.firstNs;
}
