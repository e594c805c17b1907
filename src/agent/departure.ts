import type { CoverageRow } from './bpf/contract.ts';
import type { Identity } from './process/index.ts';
import type { Series } from './red/index.ts';

/** What a service had counted when the agent let go of it. */
export interface Departure {
  readonly identity: Identity;
  readonly series: readonly Series[];
  /** Absent if none of its bytes was seen. */
  readonly coverage?: CoverageRow;
}
