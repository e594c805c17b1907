import type { KeptExchange } from '../bpf/contract.ts';

const digits = 14;

/**
 * The `ot` entry of a span's tracestate: the threshold it was kept with, so that a backend can count what it stands for.
 * https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
 * Errors and slow exchanges are all kept (`th:0`). What was fetched back from the flight recorder has no known
 * probability and says nothing. `rv` carries the randomness where the span moved to another trace than the one
 * the kernel drew from.
 */
export function traceStateOf(kept: KeptExchange | undefined, trace: string): string {
  if (!kept) return '';
  const threshold = kept.verdict === 'share' ? kept.threshold : 0n;
  const th = threshold.toString(16).padStart(digits, '0').replace(/0+$/, '') || '0';
  const moved = kept.verdict === 'share' && kept.traceId !== trace;
  return moved ? `ot=rv:${kept.traceId.slice(-digits)};th:${th}` : `ot=th:${th}`;
}
