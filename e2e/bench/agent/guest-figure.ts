/** What a guest can be asked to measure. */
export type GuestPart = 'cost' | 'steady' | 'live' | 'exact' | 'maps';

/** Instructions unless the name says otherwise; "added" is with the agent less without it. */
export type GuestFigure =
  | 'keepAlive'
  | 'keepAliveAdded'
  | 'unselectedAdded'
  | 'connectAdded'
  | 'largeAdded'
  | 'syscallRatio'
  | 'runs'
  | 'mapBytes'
  | 'wideMapBytes'
  | 'possibleCpus'
  | 'steadyRate'
  | 'agentPer1000'
  | 'memoryNow'
  | 'memoryPeak'
  | 'protection'
  | 'liveMs'
  | 'pipelined'
  | 'pipelinedLost'
  | 'split'
  | 'splitLost';

export type GuestFigures = Readonly<Partial<Record<GuestFigure, number>>>;

/** A figure on the console, where the kernel may write too. */
export function figureLine(name: GuestFigure, value: number): string {
  return `@@FIGURE ${name} ${value}`;
}

/** All figures on a console. */
export function figuresOn(console: string): GuestFigures {
  const lines = console.matchAll(/^@@FIGURE (\w+) (\S+)$/gm);
  return Object.fromEntries([...lines].map(([, name, value]) => [name, Number(value)]));
}
