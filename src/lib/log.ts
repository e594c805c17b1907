import { pino } from 'pino';

export type Log = pino.Logger;

/** A structured log on standard output, one JSON object a line; `level` is debug, info, warn, error or silent. */
export function createLog(name: string, level = 'info'): Log {
  return pino({
    name,
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}
