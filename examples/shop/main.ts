// The demo shop: frontend → checkout → payment, each this one program with another SHOP_SERVICE; `load` places orders.
import { flushTelemetry } from './telemetry.ts';
import { handlerOf, serve } from './services.ts';
import { placeOrders } from './load.ts';

const service = process.env['SHOP_SERVICE'] ?? 'frontend';
const next = process.env['SHOP_NEXT'];
const stop = new AbortController();

process.on('SIGTERM', () => {
  stop.abort();
  flushTelemetry().finally(() => process.exit(0));
});

if (service === 'load') {
  if (next === undefined) throw new Error('SHOP_NEXT: the load needs the URL of the shop, e.g. http://frontend:8080');
  const perSecond = Number(process.env['SHOP_ORDERS_PER_SECOND'] ?? 5);
  placeOrders(next, { perSecond, total: 100_000, signal: stop.signal }).then(() => process.exit(0));
} else {
  serve(service, 8080, handlerOf(next));
}
