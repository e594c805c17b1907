import { setTimeout as sleep } from 'node:timers/promises';

const times = 10;

/** `kubectl replace` reads the version it replaces; where somebody wrote in between, it is told to try again, and does. */
export async function unconflicted<T>(replace: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await replace();
    } catch (error) {
      if (tries === times || !(error instanceof Error && error.message.includes('(Conflict)'))) throw error;
      await sleep(100);
    }
  }
}
