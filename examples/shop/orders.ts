/** What happens to an order; decided by its number, so that a run can be counted afterwards. */
export type Fate = 'paid' | 'declined' | 'slow';

/** Of every 50 orders one is declined (an HTTP 500 and an error span) and one is slow. */
export function fateOf(order: number): Fate {
  if (order % 50 === 7) return 'declined';
  if (order % 50 === 23) return 'slow';
  return 'paid';
}

/** How long a slow payment takes; above the 500 ms that `examples/dev.yaml` keeps. */
export const slowPaymentMs = 700;
