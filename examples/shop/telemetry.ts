import { NodeSDK } from '@opentelemetry/sdk-node';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';

// Exporters, endpoint and service name come from the standard OTEL_* variables of the pod.
const sdk = new NodeSDK({
  instrumentations: [new HttpInstrumentation({ ignoreIncomingRequestHook: (request) => request.url === '/healthz' })],
});
sdk.start();

/** Sends what is still buffered; called once on SIGTERM. */
export function flushTelemetry(): Promise<void> {
  return sdk.shutdown();
}
