/** The variables of a process that name it or show that it reports by itself. */
export interface ProcessEnvironment {
  readonly serviceName?: string;
  /** OTEL_RESOURCE_ATTRIBUTES, percent-decoded. */
  readonly resourceAttributes: Readonly<Record<string, string>>;
  /** Why we think an OpenTelemetry SDK in the process sends telemetry. */
  readonly reportsItself?: string;
}

const sdkMarks = [
  'NODE_OPTIONS',
  'JAVA_TOOL_OPTIONS',
  'PYTHONPATH',
  'RUBYOPT',
  'CORECLR_PROFILER_PATH',
  'DOTNET_STARTUP_HOOKS',
];
const endpoints = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
];

/** Reads /proc/<pid>/environ: NUL-separated `NAME=value`, possibly cut off by the kernel or overwritten by the program. */
export function parseEnvironment(environ: string): ProcessEnvironment {
  const variables = new Map<string, string>();
  for (const pair of environ.split('\0')) {
    const at = pair.indexOf('=');
    if (at > 0) variables.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return environmentOf(variables);
}

export function environmentOf(variables: ReadonlyMap<string, string>): ProcessEnvironment {
  const serviceName = variables.get('OTEL_SERVICE_NAME')?.trim();
  const reportsItself = sdkReason(variables);
  return {
    ...(serviceName ? { serviceName } : {}),
    resourceAttributes: parseResourceAttributes(variables.get('OTEL_RESOURCE_ATTRIBUTES') ?? ''),
    ...(reportsItself ? { reportsItself } : {}),
  };
}

/** `key=value,key=value` with percent-encoded values; a broken pair is skipped, the rest counts (OTel resource SDK spec). */
export function parseResourceAttributes(text: string): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = {};
  for (const pair of text.split(',')) {
    const at = pair.indexOf('=');
    if (at <= 0) continue;
    const value = decoded(pair.slice(at + 1).trim());
    if (value !== undefined) attributes[pair.slice(0, at).trim()] = value;
  }
  return attributes;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function sdkReason(variables: ReadonlyMap<string, string>): string | undefined {
  if (variables.get('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return undefined;
  if (variables.get('OTEL_TRACES_EXPORTER') === 'none' && variables.get('OTEL_METRICS_EXPORTER') === 'none')
    return undefined;
  const endpoint = endpoints.find((name) => variables.get(name));
  if (endpoint) return endpoint;
  return sdkMarks.find((name) => /opentelemetry|otel-auto/i.test(variables.get(name) ?? ''));
}
