/** Read side of Tempo, Mimir and Loki as a user's Grafana would ask them. */
async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}

interface OtlpSpan {
  readonly spanId: string;
  readonly name: string;
  readonly kind?: string | number;
  readonly attributes?: readonly { key: string; value: Record<string, unknown> }[];
}

export interface StoredSpan extends OtlpSpan {
  readonly resource: Readonly<Record<string, string>>;
}

/** Every span of a trace with its resource attributes, or none when Tempo does not have the trace. */
export async function findTrace(tempo: string, traceId: string): Promise<readonly StoredSpan[]> {
  const found = (await getJson(`${tempo}/api/traces/${traceId}`)) as
    | {
        batches: readonly {
          resource: { attributes?: { key: string; value: { stringValue?: string } }[] };
          scopeSpans: { spans: OtlpSpan[] }[];
        }[];
      }
    | undefined;
  return (found?.batches ?? []).flatMap((batch) => {
    const resource = Object.fromEntries(
      (batch.resource.attributes ?? []).map(({ key, value }) => [key, value.stringValue ?? '']),
    );
    return batch.scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, resource })));
  });
}

/** Trace ids a TraceQL query finds since `startSeconds`. */
export async function searchTraces(tempo: string, query: string, startSeconds: number): Promise<readonly string[]> {
  const end = Math.floor(Date.now() / 1000) + 1;
  const search = new URLSearchParams({ q: query, start: `${startSeconds}`, end: `${end}`, limit: '2000', spss: '1' });
  const found = (await getJson(`${tempo}/api/search?${search}`)) as { traces?: { traceID: string }[] };
  return (found.traces ?? []).map(({ traceID }) => traceID.padStart(32, '0'));
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** An instant PromQL query at Mimir. */
export async function queryMimir(mimir: string, promql: string): Promise<readonly Sample[]> {
  const found = (await getJson(`${mimir}/prometheus/api/v1/query?${new URLSearchParams({ query: promql })}`)) as {
    data: { result: readonly { metric: Record<string, string>; value: [number, string] }[] };
  };
  return found.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/**
 * What counters matching `selector` counted in the last `minutes`, summed by a label: every rise between two samples,
 * and after a restart the whole new value. Series are taken to have begun at zero within that time.
 */
export async function countedAt(
  mimir: string,
  selector: string,
  minutes: number,
  by: string,
): Promise<ReadonlyMap<string, number>> {
  const query = new URLSearchParams({ query: `${selector}[${minutes}m]` });
  const found = (await getJson(`${mimir}/prometheus/api/v1/query?${query}`)) as {
    data: { result: readonly { metric: Record<string, string>; values: readonly [number, string][] }[] };
  };
  const totals = new Map<string, number>();
  for (const { metric, values } of found.data.result) {
    let before = 0;
    let total = 0;
    for (const now of values.map(([, text]) => Number(text))) {
      total += now < before ? now : now - before;
      before = now;
    }
    const label = metric[by] ?? '';
    totals.set(label, (totals.get(label) ?? 0) + total);
  }
  return totals;
}

export interface LogLine {
  readonly labels: Readonly<Record<string, string>>;
  readonly line: string;
}

/** Log lines of the last ten minutes, newest first; structured metadata is among the labels. */
export async function queryLoki(loki: string, logql: string): Promise<readonly LogLine[]> {
  const start = `${(Date.now() - 600_000) * 1_000_000}`;
  const found = (await getJson(
    `${loki}/loki/api/v1/query_range?${new URLSearchParams({ query: logql, start, limit: '100' })}`,
  )) as { data: { result: readonly { stream: Record<string, string>; values: [string, string][] }[] } };
  return found.data.result.flatMap(({ stream, values }) => values.map(([, line]) => ({ labels: stream, line })));
}
