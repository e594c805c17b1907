import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Places orders one after another at `perSecond`, at most `total` of them, until the signal fires. */
export async function placeOrders(
  url: string,
  options: { perSecond: number; total: number; signal: AbortSignal },
): Promise<void> {
  for (let order = 1; order <= options.total && !options.signal.aborted; order++) {
    http.get(`${url}/orders/${order}`, (response) => response.resume()).on('error', () => undefined);
    await sleep(1000 / options.perSecond, undefined, { signal: options.signal }).catch(() => undefined);
  }
}
