// What to look at after `make demo`: one trace through all three backends. Arguments: URLs of Tempo, Mimir and Loki.
import { findTrace, queryLoki, queryMimir, searchTraces } from '../scenarios/backends.ts';
import { eventually } from '../scenarios/eventually.ts';

const [tempo, mimir, loki] = process.argv.slice(2);
if (tempo === undefined || mimir === undefined || loki === undefined)
  throw new Error('usage: tour.ts TEMPO MIMIR LOKI');

const declined = '{ resource.service.name = "payment" && status = error }';
const since = Math.floor(Date.now() / 1000) - 900;
const { value: trace } = await eventually('a declined order in Tempo', 120_000, async () => {
  for (const id of await searchTraces(tempo, declined, since)) {
    const spans = await findTrace(tempo, id);
    if (new Set(spans.map(({ resource }) => resource['service.name'])).size === 3) return { id, spans };
  }
  return undefined;
});
console.log(`\nTempo: a declined order, kept because it failed: trace ${trace.id}`);
for (const { name, resource } of trace.spans) {
  console.log(`  ${resource['service.name']?.padEnd(9)} ${name.padEnd(6)} pod ${resource['k8s.pod.name']}`);
}

const selector = 'traces_spanmetrics_calls_total{span_kind="SPAN_KIND_SERVER",k8s_namespace_name="shop"}';
const { value: red } = await eventually('span metrics in Mimir', 90_000, async () => {
  const calls = await queryMimir(mimir, `sum by(service_name, status_code) (${selector})`);
  return calls.length > 0 ? calls : undefined;
});
console.log('\nMimir: requests counted before sampling');
for (const { labels, value } of red) {
  console.log(`  ${labels['service_name']?.padEnd(9)} ${labels['status_code']?.padEnd(18)} ${value}`);
}

const { value: lines } = await eventually('the log lines of that trace in Loki', 60_000, async () => {
  const found = await queryLoki(loki, `{k8s_namespace_name="shop"} | trace_id="${trace.id}"`);
  return found.length > 0 ? found : undefined;
});
console.log(`\nLoki: the log of that trace\n  ${lines[0]?.line}`);
