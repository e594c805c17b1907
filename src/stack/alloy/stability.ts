export type Stability = 'generally-available' | 'public-preview' | 'experimental';

/** Components of Alloy 1.11 that are off at the level of general availability, from their pages of the reference. */
const preview = [
  'otelcol.auth.google',
  'otelcol.exporter.file',
  'otelcol.exporter.syslog',
  'otelcol.processor.cumulativetodelta',
  'otelcol.receiver.filelog',
  'otelcol.receiver.syslog',
  'otelcol.storage.file',
];
const experimental = [
  'foreach',
  'loki.enrich',
  'loki.secretfilter',
  'mimir.alerts.kubernetes',
  'otelcol.connector.count',
  'otelcol.connector.signaltometrics',
  'otelcol.exporter.debug',
  'otelcol.processor.deltatocumulative',
  'otelcol.processor.interval',
  'otelcol.receiver.awss3',
  'otelcol.receiver.datadog',
  'otelcol.receiver.faro',
  'otelcol.receiver.fluentforward',
  'otelcol.receiver.splunkhec',
  'otelcol.receiver.tcplog',
  'prometheus.enrich',
  'prometheus.operator.scrapeconfigs',
  'pyroscope.enrich',
];

/** The lowest level at which every component of a printed configuration is on; at a lower one Alloy refuses to start. */
export function stabilityOf(configuration: string): Stability {
  const used = new Set([...configuration.matchAll(/^\s*([a-z][a-z0-9_.]*)\s+"/gm)].map(([, name]) => name));
  if (experimental.some((name) => used.has(name))) return 'experimental';
  return preview.some((name) => used.has(name)) ? 'public-preview' : 'generally-available';
}
