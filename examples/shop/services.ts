import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { logs, SeverityNumber } from '@opentelemetry/api-logs';
import { metrics, trace } from '@opentelemetry/api';
import { fateOf, slowPaymentMs } from './orders.ts';

/** Answers the path of a request with an HTTP status. */
type Handler = (path: string) => Promise<number>;

const placed = metrics.getMeter('shop').createCounter('shop.orders', { description: 'Orders placed' });

/** Answers with the status the next service gave; the HTTP instrumentation writes both spans. */
function forwardTo(url: string): Handler {
  return (path) =>
    new Promise((resolve, reject) => {
      const request = http.get(`${url}${path}`, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 502));
      });
      request.on('error', reject);
    });
}

async function takePayment(path: string): Promise<number> {
  if (path === '/healthz') return 204;
  const fate = fateOf(orderIn(path));
  if (fate === 'slow') await sleep(slowPaymentMs);
  return fate === 'declined' ? 500 : 200;
}

/** A structured line on stdout (a pod log) and the same as an OTLP log, both with the trace id. */
function report(service: string, order: number, status: number): void {
  const span = trace.getActiveSpan()?.spanContext();
  const level = status >= 500 ? 'error' : 'info';
  const message = `order ${order} answered ${status}`;
  console.log(JSON.stringify({ level, service, message, order, status, trace_id: span?.traceId }));
  logs.getLogger('shop').emit({
    severityNumber: status >= 500 ? SeverityNumber.ERROR : SeverityNumber.INFO,
    severityText: level,
    body: message,
    attributes: { order, status },
  });
}

/** The three services differ only in what they do with an order. */
export function handlerOf(next: string | undefined): Handler {
  return next === undefined ? takePayment : forwardTo(next);
}

const orderIn = (path: string): number => Number(path.split('/').at(-1));

/**
 * GET /orders/<number> → 200 or 500; GET /healthz → 204 once the services behind answer too, so that no order is placed
 * before the whole shop is open.
 */
export function serve(service: string, port: number, handle: Handler): http.Server {
  const server = http.createServer((request, response) => {
    const path = request.url ?? '/';
    handle(path)
      .catch(() => 502)
      .then((status) => {
        if (path !== '/healthz') {
          placed.add(1, { service, status });
          report(service, orderIn(path), status);
        }
        response.writeHead(status).end();
      });
  });
  return server.listen(port);
}
