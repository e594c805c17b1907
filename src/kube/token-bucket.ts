import type { Clock } from '../lib/clock.ts';

/** A bound on a rate: `perSecond` in the long run, up to `burst` at once, in the order of asking. */
export class TokenBucket {
  private readonly clock: Clock;
  private readonly perSecond: number;
  private readonly burst: number;
  private tokens: number;
  private filledAt: number;
  private pausedUntil = 0;

  constructor(options: { perSecond: number; burst: number; clock: Clock }) {
    this.clock = options.clock;
    this.perSecond = options.perSecond;
    this.burst = options.burst;
    this.tokens = options.burst;
    this.filledAt = options.clock.now();
  }

  /** Takes one token, now or in the future; returns how many milliseconds to wait before acting on it. */
  reserve(): number {
    const now = this.clock.now();
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.filledAt) / 1000) * this.perSecond);
    this.filledAt = now;
    this.tokens -= 1;
    const debt = this.tokens < 0 ? (-this.tokens / this.perSecond) * 1000 : 0;
    return Math.max(debt, this.pausedUntil - now, 0);
  }

  /** Nobody who asks within the next `ms` milliseconds starts before they are over. */
  pause(ms: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, this.clock.now() + ms);
  }

  /** True if a token is there right now; takes it then, and nothing otherwise. */
  tryTake(): boolean {
    if (this.reserve() === 0) return true;
    this.tokens += 1;
    return false;
  }
}
