// OpenTelemetry consistent sampling: the last 56 bits of the trace id are the randomness R, kept when R >= T.
// https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
const randomnessSpace = 2n ** 56n;
const hexDigits = 14;
const percentScale = 10_000;

/** Where R begins in the 32 hex digits of a trace id, and its length. */
export const randomness = { start: 32 - hexDigits, length: hexDigits } as const;

/** A threshold no R reaches: it sorts after every hex digit. */
const never = 'none';

/**
 * The threshold T for a percentage as the text R is compared with: 14 lower-case hex digits, so that text order is
 * number order. Exact for percentages with up to four decimals (0.0001 % of 2^56 traces, to the nearest one).
 * Throws RangeError outside 0 to 100.
 */
export function thresholdOf(percent: number): string {
  if (!(percent >= 0 && percent <= 100)) throw new RangeError(`${percent} is not a percentage`);
  const parts = BigInt(Math.round(percent * percentScale));
  const whole = BigInt(100 * percentScale);
  const kept = (parts * randomnessSpace + whole / 2n) / whole;
  if (kept === 0n) return never;
  return (randomnessSpace - kept).toString(16).padStart(hexDigits, '0');
}

/**
 * Whether the share alone keeps a trace. The samplers' statements, the simulator, tests and the kernel's policy give
 * the same verdict for the same id. Throws TypeError if the id is not 32 hex digits.
 */
export function keptByShare(traceId: string, percent: number): boolean {
  if (!/^[0-9a-fA-F]{32}$/.test(traceId)) throw new TypeError(`${traceId} is not a trace id`);
  return traceId.slice(randomness.start).toLowerCase() >= thresholdOf(percent);
}
