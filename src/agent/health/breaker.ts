import type { Protocol } from '../bpf/contract.ts';
import type { Usage } from './usage.ts';

/** What the agent still does at one level of self-protection. */
export interface Step {
  readonly name: string;
  /** Factor on the share of exchanges kept for their trace id. */
  readonly share: number;
  /** Whether request heads are captured. */
  readonly capture: boolean;
  /** Whether errors and slow exchanges become spans. */
  readonly spans: boolean;
  /** Protocols no longer looked at. */
  readonly shed: readonly Protocol[];
}

/** Sheds in this order, the dearest first. */
const protocols: readonly Protocol[] = ['http'];

/** From doing everything to doing nothing. Counting goes last: it is the promise, and it is cheap. */
export const steps: readonly Step[] = [
  { name: 'normal', share: 1, capture: true, spans: true, shed: [] },
  { name: 'quarter-share', share: 0.25, capture: true, spans: true, shed: [] },
  { name: 'no-share', share: 0, capture: true, spans: true, shed: [] },
  { name: 'no-capture', share: 0, capture: false, spans: true, shed: [] },
  { name: 'no-spans', share: 0, capture: false, spans: false, shed: [] },
  ...protocols.map((protocol, at) => ({
    name: `shed-${protocol}`,
    share: 0,
    capture: false,
    spans: false,
    shed: protocols.slice(0, at + 1),
  })),
];

const looksBeforeUp = 2;
const looksBeforeDown = 6;
const calmShare = 0.7;

/** Goes one step down the list after two looks over the budget, and back after six looks well below it. */
export class Breaker {
  #level = 0;
  #over = 0;
  #calm = 0;

  get step(): Step {
    return steps[this.#level] as Step;
  }

  get level(): number {
    return this.#level;
  }

  /** True if the step changed. A budget of 0 is no budget. */
  look(usage: Usage, budget: Usage): boolean {
    const load = Math.max(
      budget.cpuCores > 0 ? usage.cpuCores / budget.cpuCores : 0,
      budget.memoryBytes > 0 ? usage.memoryBytes / budget.memoryBytes : 0,
    );
    this.#over = load > 1 ? this.#over + 1 : 0;
    this.#calm = load < calmShare ? this.#calm + 1 : 0;
    if (this.#over >= looksBeforeUp && this.#level < steps.length - 1) return this.#move(1);
    if (this.#calm >= looksBeforeDown && this.#level > 0) return this.#move(-1);
    return false;
  }

  #move(by: 1 | -1): true {
    this.#level += by;
    this.#over = 0;
    this.#calm = 0;
    return true;
  }
}
