// Kubernetes quantities: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
const scale: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};
const form = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/;

/** The number a quantity stands for (bytes, cores, …); undefined if the text is none. Exact to a double. */
export function parseQuantity(text: string | number): number | undefined {
  if (typeof text === 'number') return Number.isFinite(text) ? text : undefined;
  const match = form.exec(text);
  if (!match) return undefined;
  const [, digits, exponent = '', suffix = ''] = match;
  const value = Number(digits + exponent) * scale[suffix]!;
  return Number.isFinite(value) ? value : undefined;
}

/** True if both are quantities of the same amount: `1` and `1000m`, `1Gi` and `1024Mi`. */
export function sameQuantity(a: unknown, b: unknown): boolean {
  const [left, right] = [amount(a), amount(b)];
  if (left === undefined || right === undefined) return false;
  // 0.1 * 3 and 300m differ in the last bit of a double.
  return Math.abs(left - right) <= Math.max(Math.abs(left), Math.abs(right)) * 1e-12;
}

function amount(value: unknown): number | undefined {
  return typeof value === 'string' || typeof value === 'number' ? parseQuantity(value) : undefined;
}
