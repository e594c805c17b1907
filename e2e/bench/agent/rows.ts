import type { GuestFigure, GuestFigures } from './guest-figure.ts';
import type { HostFigures, Saturation } from './host.ts';
import type { Spread } from './spread.ts';

/** A line of the report. `beyla`: beyla/v2 2.6.5 measured in the same guests by the same kinds of traffic. */
export interface Row {
  readonly what: string;
  readonly aim: string;
  readonly seen: string;
  readonly beyla: string;
  /** Undefined: no aim. */
  readonly met?: boolean;
}

/** What the guests of a kernel say. */
export interface Guests {
  readonly small: GuestFigures;
  /** The same with room for 64 processors. */
  readonly wide: GuestFigures;
}

const kilo = (n = Number.NaN) => `${(n / 1e3).toFixed(2)}k`;
const mega = (n = Number.NaN) => `${(n / 1e6).toFixed(2)} M`;
const megabytes = (n = Number.NaN) => `${(n / 2 ** 20).toFixed(1)} MB`;
const ratio = ({ median, low, high }: Spread) =>
  `${median.toFixed(3)}× (half of the pairs ${low.toFixed(3)}–${high.toFixed(3)})`;
const percent = (n: number) => `${(100 * n).toFixed(2)} %`;

/** A line that is only there when these figures are. */
interface GuestRow extends Row {
  readonly needs: readonly GuestFigure[];
}

/** Lines free of noise, of what was measured: nanoseconds of these guests are instructions. */
export function guestRows({ small, wide }: Guests): Row[] {
  const seen = { ...small, ...wide };
  return rowsOf({ small, wide }).filter(({ needs }) => needs.every((name) => seen[name] !== undefined));
}

function rowsOf({ small, wide }: Guests): GuestRow[] {
  const { keepAliveAdded = Number.NaN, agentPer1000 = Number.NaN, mapBytes = Number.NaN } = small;
  const { liveMs = Number.NaN, memoryPeak = Number.NaN, syscallRatio = Number.NaN } = small;
  const all = small.agentPer1000 === undefined ? '' : `, with the agent ${kilo(keepAliveAdded + agentPer1000 / 1_000)}`;
  return [
    {
      needs: ['keepAliveAdded', 'keepAlive'],
      what: 'instructions added per keep-alive request, both ends, selected',
      aim: '≤ 8k',
      seen: `${kilo(keepAliveAdded)}${all} (${kilo(small.keepAlive)} without)`,
      beyla: '66k, with its agent 115k (37.7k without)',
      met: keepAliveAdded <= 8_000,
    },
    {
      needs: ['unselectedAdded'],
      what: 'the same for programs not selected',
      aim: '≤ 0.5k',
      seen: kilo(small.unselectedAdded),
      beyla: '57k',
      met: (small.unselectedAdded ?? Number.NaN) <= 500,
    },
    {
      needs: ['connectAdded'],
      what: 'the same for a connection and one request',
      aim: '–',
      seen: kilo(small.connectAdded),
      beyla: '171–176k',
    },
    {
      needs: ['largeAdded'],
      what: 'the same for a response of 300 KB',
      aim: '–',
      seen: kilo(small.largeAdded),
      beyla: '180–198k',
    },
    {
      needs: ['runs'],
      what: 'program runs per request, both ends',
      aim: '≤ 4',
      seen: (small.runs ?? Number.NaN).toFixed(2),
      beyla: '20.8',
      met: (small.runs ?? Number.NaN) <= 4,
    },
    {
      needs: ['agentPer1000'],
      what: `agent process, instructions per 1,000 requests (p = 0.1 %, ${(small.steadyRate ?? 0).toFixed(0)} requests/s)`,
      aim: '≤ 1 M',
      seen: mega(agentPer1000),
      beyla: '48.7 M',
      met: agentPer1000 <= 1e6,
    },
    {
      needs: ['mapBytes'],
      what: `map memory on 2 CPUs (this guest counts ${small.possibleCpus})`,
      aim: '≤ 32 MB',
      seen: megabytes(mapBytes),
      beyla: '118.6 MB',
      ...(small.possibleCpus === 2 && { met: mapBytes <= 32 * 2 ** 20 }),
    },
    {
      needs: ['wideMapBytes'],
      what: `map memory on 64 CPUs (this guest counts ${wide.possibleCpus})`,
      aim: '≤ 96 MB',
      seen: megabytes(wide.wideMapBytes),
      beyla: '–',
      ...(wide.possibleCpus === 64 && { met: (wide.wideMapBytes ?? Number.NaN) <= 96 * 2 ** 20 }),
    },
    {
      needs: ['memoryNow'],
      what: 'resident memory, steady and peak',
      aim: '≤ 100 MB',
      seen: `${megabytes(small.memoryNow)}, ${megabytes(memoryPeak)}`,
      beyla: '64–80 MB (in Alloy 218–242)',
      met: memoryPeak <= 100 * 2 ** 20,
    },
    {
      needs: ['liveMs'],
      what: 'start → first request counted',
      aim: '≤ 1 s',
      seen: `${(liveMs / 1_000).toFixed(2)} s`,
      beyla: '5 s',
      met: liveMs <= 1_000,
    },
    {
      needs: ['syscallRatio'],
      what: 'unrelated system call (getppid)',
      aim: '≤ 1.01×',
      seen: `${syscallRatio.toFixed(3)}×`,
      beyla: '1.00×',
      met: syscallRatio <= 1.01,
    },
    {
      needs: ['pipelined'],
      what: 'pipelined 8 deep: exchanges lost',
      aim: '0',
      seen: `${small.pipelinedLost} of ${2 * (small.pipelined ?? 0)}`,
      beyla: '700 of 800',
      met: small.pipelinedLost === 0,
    },
    {
      needs: ['split'],
      what: 'heads split after every byte: exchanges lost',
      aim: '0',
      seen: `${small.splitLost} of ${2 * (small.split ?? 0)}`,
      beyla: '288–300 of 300',
      met: small.splitLost === 0,
    },
  ];
}

/** Lines of one server at saturation. */
function saturationRows(server: string, { throughput, p99, cpu, rate }: Saturation): Row[] {
  const at = `${server}, saturated (${rate.toFixed(0)} requests/s without)`;
  return [
    { what: `${at}: throughput`, aim: '≥ 0.97×', seen: ratio(throughput), beyla: '–', met: throughput.median >= 0.97 },
    { what: `${at}: p99`, aim: '≤ 1.05×', seen: ratio(p99), beyla: '–', met: p99.median <= 1.05 },
    { what: `${at}: server’s processor time a request`, aim: '–', seen: ratio(cpu), beyla: '–' },
  ];
}

/** Lines of this machine, where other work disturbs: each with its spread. */
export function hostRows(host: HostFigures): Row[] {
  const { echoCpu, cpuFull, cpuTenth, memoryNow, memoryPeak } = host;
  return [
    ...saturationRows('node:http server', host.node),
    ...saturationRows('C epoll server', host.epoll),
    {
      what: 'processor time a 64-byte echo, both ends',
      aim: '≤ 1.10×',
      seen: ratio(echoCpu),
      beyla: '–',
      met: echoCpu.median <= 1.1,
    },
    {
      what: `agent’s share of a core at ${host.fullRate.toFixed(0)} and ${host.tenthRate.toFixed(0)} requests/s`,
      aim: '≤ 3 %, 1 point apart',
      seen: `${percent(cpuFull)}, ${percent(cpuTenth)}${host.unprotected ? '' : ' (self-protection stepped in)'}`,
      beyla: '–',
      met: host.unprotected && cpuFull <= 0.03 && Math.abs(cpuFull - cpuTenth) <= 0.01,
    },
    {
      what: 'resident memory after that, now and peak',
      aim: '≤ 100 MB',
      seen: `${megabytes(memoryNow)}, ${megabytes(memoryPeak)}`,
      beyla: '–',
      met: memoryPeak <= 100 * 2 ** 20,
    },
  ];
}

/** A Markdown table. */
export function tableOf(rows: readonly Row[]): string {
  const mark = (met: boolean | undefined) => (met === undefined ? '' : met ? 'met' : 'MISSED');
  const lines = rows.map(({ what, aim, seen, beyla, met }) => `| ${[what, aim, seen, mark(met), beyla].join(' | ')} |`);
  return ['| what | aim | seen | | Beyla 2.6.5 |', '|---|---|---|---|---|', ...lines].join('\n');
}
