/** Receives one line a human can follow; `silent` drops it. */
export type Progress = (line: string) => void;

export const silent: Progress = () => undefined;

/** Progress on standard error, each line with the seconds since the start. */
export function timedProgress(startMs: number = performance.now()): Progress {
  return (line) => {
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    process.stderr.write(`${seconds.padStart(7)} s  ${line}\n`);
  };
}
