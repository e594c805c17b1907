import type { RouteView, ServiceView } from './view.ts';

/** What became of spans and metric points that were to be sent. */
export interface Delivery {
  readonly spans: number;
  readonly points: number;
  readonly lostSpans: number;
  readonly lostPoints: number;
  /** The receiver has not answered since the last thing it took. */
  readonly waiting: boolean;
}

/** The state of a local run: the table shows it, `--json` prints it. */
export interface Summary {
  readonly services: readonly ServiceView[];
  readonly routes: readonly RouteView[];
  /** Whom the command line asks for: `pid 5, port 80`. */
  readonly wanted: string;
  /** Processes followed at this moment. */
  readonly targets: number;
  /** Processes followed so far, those that have ended among them. */
  readonly followed: number;
  /** Spans kept so far, by verdict. */
  readonly kept: Readonly<Record<string, number>>;
  /** Share of the bytes on the targets' sockets that was understood, 0 to 1; undefined before any. */
  readonly coverage: number | undefined;
  /** Absent if nothing is to be sent. */
  readonly delivery?: Delivery;
}
