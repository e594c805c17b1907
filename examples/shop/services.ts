import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { logs, SeverityNumber } from '@opentelemetry/api-logs';
import { metrics, trace } from '@opentelemetry/api';
import { fateOf, slowPaymentMs } from './orders.ts';

type Handler = (order: number) => Promise<number>;

const placed = metrics.getMeter('shop').createCounter('shop.orders', { description: 'Orders placed' });

/** Answers with the status the next service gave; the HTTP instrumentation writes both spans. */
function forwardTo(url: string): Handler {
  return (order) =>
    new Promise((resolve, reject) => {
      const request = http.get(`${url}/orders/${order}`, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 502));
      });
      request.on('error', reject);
    });
}

async function takePayment(order: number): Promise<number> {
  const fate = fateOf(order);
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

/** GET /orders/<number> → 200 or 500; GET /healthz → 204. */
export function serve(service: string, port: number, handle: Handler): http.Server {
  const server = http.createServer((request, response) => {
    if (request.url === '/healthz') {
      response.writeHead(204).end();
      return;
    }
    const order = Number(request.url?.split('/').at(-1));
    handle(order)
      .catch(() => 502)
      .then((status) => {
        placed.add(1, { service, status });
        report(service, order, status);
        response.writeHead(status).end(`${status}\n`);
      });
  });
  return server.listen(port);
}
