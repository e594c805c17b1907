import { HttpReader, type HttpHead } from '../protocol/index.ts';

const methods = ['', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'];
const mask32 = 0xffff_ffffn;

/** What bpf/test/parse_work.h says of a buffer, from the reference parser. `cut`: bytes of each piece. */
export function referenceTrace(bytes: Uint8Array, cut: number): { events: number; hash: number } {
  const reader = new HttpReader();
  let hash = 2166136261;
  let events = 0;
  const fold = (value: bigint) => {
    hash = Math.imul(hash ^ Number(value & mask32), 16777619) >>> 0;
    hash = Math.imul(hash ^ Number((value >> 32n) & mask32), 16777619) >>> 0;
  };
  for (let at = 0; at < bytes.length; at += cut) {
    for (const event of reader.push(bytes.subarray(at, at + cut))) {
      events++;
      if (event.kind === 'head') {
        fold(2n);
        foldHead(fold, event.head);
        const { status } = event.head;
        const frame = reader.frame(status === 204 || status === 304 || (status > 0 && status < 200));
        fold(frame === 'end' ? 3n : frame === 'odd' ? 5n : 0n);
      } else if (event.kind === 'end') {
        fold(3n);
        fold(event.bodyBytes);
      } else {
        fold(event.kind === 'not' ? 4n : 5n);
        return { events, hash };
      }
    }
  }
  return { events, hash };
}

function foldHead(fold: (value: bigint) => void, head: HttpHead): void {
  const index = methods.indexOf(head.method);
  const method = index < 0 ? 10 : index;
  fold(((head.kind === 'request' ? 1n : 2n) << 32n) | (BigInt(method) << 24n) | BigInt(head.status));
  const { length, chunked, coded, trace, routeHash } = head;
  fold((length === undefined ? 0n : 1n) | (chunked ? 2n : 0n) | (coded ? 4n : 0n) | (trace ? 8n : 0n));
  fold(routeHash);
  fold(length ?? 0n);
  fold(trace ? BigInt(`0x${trace.traceId.slice(0, 16)}`) : 0n);
  fold(trace ? BigInt(`0x${trace.traceId.slice(16)}`) ^ BigInt(`0x${trace.parentSpanId}`) : 0n);
}
