import type { Client } from './context.ts';

/** Where the demo runs: kind, or the real node built here. */
export interface Ground extends Client {
  readonly title: string;
  /** Merge patch on `examples/dev.yaml` so that it can run here. */
  readonly stackPatch: Readonly<Record<string, unknown>>;
  readonly readyWithinMs: number;
  /** Whether an image that is another one has another tag, too. */
  readonly tagsFollowContent: boolean;
  readonly operatorImage: { readonly repository: string; readonly tag: string };
  readonly shopImage: string;
  /** How to see Grafana here, or why it is off. */
  readonly grafana: string;
  /** Runs `tour.ts` where Tempo, Mimir and Loki answer, with their addresses. */
  tour(namespace: string, stack: string): Promise<void>;
}
