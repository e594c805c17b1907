/** Ports the configurations listen on. The HTTP server is a flag of Alloy itself. */
export const ports = {
  otlpGrpc: 4317,
  otlpHttp: 4318,
  /** OTLP over HTTP for the operator's canary and the agent; open whatever the spec closes. */
  otlpInternal: 4319,
  http: 12_345,
} as const;

/** Where Alloy says that it serves. Not `/-/healthy`: one lost backend would take every collector out of its Service. */
export const readyPath = '/-/ready';

/** Where the sampler reads its numbers. */
export const samplingFile = '/etc/ostack/sampling/sampling.json';
