/** What the agent costs its node. */
export interface Usage {
  /** Cores used since the last look. */
  readonly cpuCores: number;
  readonly memoryBytes: number;
}

/** Reads what this process itself uses: each reading covers the time since the one before. */
export function ownUsage(now: () => number): () => Usage {
  let cpu = process.cpuUsage();
  let lookedMs = now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    const passedMs = Math.max(1, now() - lookedMs);
    cpu = process.cpuUsage();
    lookedMs += passedMs;
    return { cpuCores: (user + system) / 1e3 / passedMs, memoryBytes: process.memoryUsage.rss() };
  };
}
