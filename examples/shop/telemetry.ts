import { createRequire } from 'node:module';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';

// Exporters, endpoint and service name come from the standard OTEL_* variables of the pod.
const sdk = new NodeSDK({
  instrumentations: [
    new HttpInstrumentation({
      ignoreIncomingRequestHook: (request) => request.url === '/healthz',
      ignoreOutgoingRequestHook: (request) => request.path === '/healthz',
    }),
  ],
});
sdk.start();
// The instrumentation wraps http in place when it is required; whoever imports it as a default sees the wrapped functions.
createRequire(import.meta.url)('node:http');

/** Sends what is still buffered; called once on SIGTERM. */
export function flushTelemetry(): Promise<void> {
  return sdk.shutdown();
}
