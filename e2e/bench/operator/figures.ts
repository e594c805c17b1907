/** A line of the table; what was seen is put beside it. */
export interface Figure {
  readonly id: string;
  readonly figure: string;
  readonly aim: string;
  /** tempo-operator; opentelemetry-operator. */
  readonly peers: string;
}

/** Where the peers' figures come from. */
export const peersSource =
  'peers: tempo-operator v0.22.0 (36 children), then opentelemetry-operator v0.156.0 (collector as a Deployment, 7 children), ' +
  'measured 2026-11-21 out of cluster on a real kube-apiserver 1.36.3, webhooks off, audit log at Metadata level, two busy ' +
  'cores of an x86-64 virtual machine: their counts and memory are firm, their milliseconds ±2×';

export const figures = [
  line('create-writes', 'writes to create one stack', 'children + ≤ 3 status', '63 for 36; 23 for 7 (+ 4 events)'),
  line('create-time', 'create → last child applied, 1 stack', '≤ 1 s', '1.36 s; 0.11 s'),
  line('ready', '1 / 100 / 1,000 stacks to Ready', '2 / 30 / 300 s', '–'),
  line('change-writes', 'writes for one spec change', 'changed children + ≤ 2 status', '48; 22.5'),
  line('edit-time', 'edit → first child write', 'p50 ≤ 20 ms, p95 ≤ 100 ms', 'p50 20.5 ms; 14.8 ms'),
  line(
    'repair-time',
    'a child deleted or edited → repaired',
    'p50 ≤ 50 ms; every kind',
    '12–132 ms, several kinds never; 12–21 ms',
  ),
  line('restart-writes', 'operator restart with 100 stacks, nothing changed', '0 writes', '800; 498'),
  line(
    'rest-writes',
    'rest, 100 stacks, 12 minutes, some pods unready',
    '0 writes',
    '16–24 a resource after 10 minutes; same kind',
  ),
  line('flap-writes', 'one pod flapping', 'status on transitions, 0 children', '40; 15 a transition'),
  line(
    'memory',
    'operator RSS at 0 / 1 / 20 / 100 / 1,000 stacks',
    '90 / 92 / 100 / 130 / 400 MB',
    '60/68/79/151; 64/69/73/85 MB',
  ),
  line('render', '`ostack render`, cold, and its memory', '≤ 400 ms', '–'),
] as const satisfies readonly Figure[];

export type FigureId = (typeof figures)[number]['id'];
/** What was seen, by figure. */
export type Seen = Partial<Record<FigureId, string>>;

function line<Id extends string>(id: Id, figure: string, aim: string, peers: string): Figure & { readonly id: Id } {
  return { id, figure, aim, peers };
}

/** A Markdown table of the figures that were seen. */
export function tableOf(seen: Seen): string {
  const rows = figures.flatMap(({ id, figure, aim, peers }) =>
    seen[id] === undefined ? [] : [[figure, seen[id], aim, peers]],
  );
  const lines = [['figure', 'seen', 'aim', 'peers'], ['---', '---', '---', '---'], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
