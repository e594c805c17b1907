/** Ports the configurations listen on. The HTTP server is a flag of Alloy itself. */
export const ports = {
  otlpGrpc: 4317,
  otlpHttp: 4318,
  /** OTLP over HTTP for the operator's canary and the agent; open whatever the spec closes. */
  otlpInternal: 4319,
  http: 12_345,
} as const;

/** Paths of Alloy's own HTTP server. Not `/-/healthy` for probes: one lost backend would restart every collector. */
export const probeUrls = {
  ready: '/-/ready',
  healthy: '/-/healthy',
  metrics: '/metrics',
  reload: '/-/reload',
} as const;

/** Where the sampler reads its numbers. */
export const samplingFile = '/etc/ostack/sampling/sampling.json';
