import { addressText } from './address.ts';
import type { ControlEvent } from './control-event.ts';
import type { Endpoint, FlightSummary, KeptExchange, Method, Side, Verdict } from './exchange.ts';
import { healthReasons } from './health.ts';
import * as layout from './layout.gen.ts';

/** By the number `enum http_method` gives them. */
export const methods: readonly Method[] = [
  '_OTHER',
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
  '_OTHER',
];
const verdicts: readonly Verdict[] = ['error', 'error', 'slow', 'share'];

/** `enum side`: 1 server, 2 client. */
export function sideOf(value: number): Side {
  return value === 2 ? 'client' : 'server';
}

export function hex64(value: bigint): string {
  return value.toString(16).padStart(16, '0');
}

function endpointAt(bytes: Uint8Array, at: number, port: number): Endpoint {
  return { address: addressText(bytes, at), port };
}

/** A `struct summary` at an offset. */
export function summaryAt(view: DataView, bytes: Uint8Array, at: number): FlightSummary {
  const s = layout.summary;
  const u64 = (field: number) => view.getBigUint64(at + field, true);
  const u32 = (field: number) => view.getUint32(at + field, true);
  const u16 = (field: number) => view.getUint16(at + field, true);
  const u8 = (field: number) => view.getUint8(at + field);
  return {
    serviceId: u32(s.service),
    side: sideOf(u8(s.side)),
    protocol: 'http',
    method: methods[u8(s.method)] ?? '_OTHER',
    status: u16(s.status),
    routeHash: u64(s.route),
    traceId: hex64(u64(s.traceHigh)) + hex64(u64(s.traceLow)),
    ...(u8(s.hasTrace) ? { parentSpanId: hex64(u64(s.parent)), traceFlags: u8(s.traceFlags) } : {}),
    startNs: u64(s.startNs),
    firstNs: u64(s.firstNs),
    lastNs: u64(s.lastNs),
    tgid: u32(s.tgid),
    requestTid: u32(s.requestTid),
    responseTid: u32(s.responseTid),
    socket: u64(s.socket),
    local: endpointAt(bytes, at + s.local, u16(s.localPort)),
    remote: endpointAt(bytes, at + s.remote, u16(s.remotePort)),
    requestSequence: u32(s.sequence),
    requestBytes: Number(u64(s.requestBytes)),
    responseBytes: Number(u64(s.responseBytes)),
  };
}

/** A `struct kept_record`: summary, then the captured request bytes. */
export function keptAt(view: DataView, bytes: Uint8Array, at: number): KeptExchange {
  const k = layout.keptRecord;
  const request = view.getUint16(at + k.requestSize, true);
  const from = at + k.bytes;
  return {
    ...summaryAt(view, bytes, at),
    verdict: verdicts[view.getUint8(at + layout.summary.verdict)] ?? 'share',
    threshold: view.getBigUint64(at + k.threshold, true),
    requestHead: bytes.slice(from, from + request),
  };
}

/** A record of the control ring; undefined for one of a kind that is not known. */
export function controlAt(view: DataView, bytes: Uint8Array, at: number): ControlEvent | undefined {
  const p = layout.processRecord;
  const process = () => ({
    tgid: view.getUint32(at + p.tgid, true),
    selected: view.getUint32(at + p.selected, true) !== 0,
    atNs: view.getBigUint64(at + p.atNs, true),
  });
  switch (view.getUint32(at, true)) {
    case 1:
      return { kind: 'fork', parentTgid: view.getUint32(at + p.parent, true), ...process() };
    case 2:
      return { kind: 'exec', comm: textAt(bytes, at + p.comm, 16), ...process() };
    case 3:
      return { kind: 'exit', ...process() };
    case 4:
      return closeAt(view, bytes, at);
    case 5: {
      const m = layout.modeRecord;
      return {
        kind: 'mode',
        socket: view.getBigUint64(at + m.socket, true),
        serviceId: view.getUint32(at + m.service, true),
        mode: view.getUint32(at + m.mode, true) === 1 ? 'slow' : 'blind',
        reason: healthReasons[view.getUint32(at + m.reason, true)] ?? 'unknown',
      };
    }
    default:
      return undefined;
  }
}

function closeAt(view: DataView, bytes: Uint8Array, at: number): ControlEvent {
  const c = layout.closeRecord;
  const u64 = (field: number) => view.getBigUint64(at + field, true);
  const u32 = (field: number) => view.getUint32(at + field, true);
  const side = view.getUint8(at + c.side);
  return {
    kind: 'close',
    socket: u64(c.socket),
    serviceId: u32(c.service),
    tgid: u32(c.tgid),
    side: side === 0 ? 'unknown' : sideOf(side),
    local: endpointAt(bytes, at + c.local, view.getUint16(at + c.localPort, true)),
    remote: endpointAt(bytes, at + c.remote, view.getUint16(at + c.remotePort, true)),
    failed: view.getUint8(at + c.failed) !== 0,
    openedNs: u64(c.openedNs),
    closedNs: u64(c.closedNs),
    connectNs: u64(c.connectNs),
    sentBytes: u64(c.sent),
    receivedBytes: u64(c.received),
    exchanges: u32(c.exchanges),
    smoothedRttUs: u32(c.smoothedRttUs),
    retransmits: u32(c.retransmits),
  };
}

function textAt(bytes: Uint8Array, at: number, size: number): string {
  const end = bytes.indexOf(0, at);
  return Buffer.from(bytes.subarray(at, end < 0 || end > at + size ? at + size : end)).toString('utf8');
}
