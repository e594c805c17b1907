// Go's duration syntax (https://pkg.go.dev/time#ParseDuration) with whole days added, as Prometheus and Alloy users write them.
const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const whole = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d))+$/;
const part = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/g;

/** Milliseconds of a duration such as `500ms`, `1h30m`, `72h` or `30d`; `0` needs no unit. Undefined if the text is none. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!whole.test(text)) return undefined;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(part)) ms += Number(count) * unitMs[unit!]!;
  return ms;
}

const steps: readonly (readonly [unit: string, ms: number])[] = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
  ['us', 1e-3],
];

/** Text every Go program reads: no days, no zero parts, whole microseconds (`72h`, `1h30m`, `500ms`, `0s`). */
export function formatDuration(ms: number): string {
  let micros = Math.round(ms * 1_000);
  let text = '';
  for (const [unit, size] of steps) {
    const count = Math.floor(micros / (size * 1_000));
    micros -= count * size * 1_000;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}
