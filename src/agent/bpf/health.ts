/**
 * Every reason the kernel side counts, in map order: what was seen, what was kept, and each way something is not
 * followed. The first `kernelReasons` are in the order of `enum health` in bpf/maps/health.h; a test compares the two.
 */
export const healthReasons = [
  'sends',
  'receives',
  'requests',
  'exchanges',
  'unanswered',
  'orphanResponses',
  'earlyResponses',
  'interimResponses',
  'connections',
  'connectionsUnknown',
  'connectionsSlow',
  'connectionsBlind',
  'keptError',
  'keptSlow',
  'keptShare',
  'notKeptLimited',
  'keptRingFull',
  'controlRingFull',
  'slowRingFull',
  'redFull',
  'routesFull',
  'peersFull',
  'captureSkipped',
  'unreadable',
  'gapBytes',
  'slowFifoFull',
  'blindOddFraming',
  'blindUnreadableHead',
  'blindUpgrade',
  'blindNotHttp',
  'blindTooManyPieces',
  'resyncs',
  'unparsed',
  'storageFull',
  'targetsFull',
  'runsTakenOver',
  'notKept',
  'slowExchanges',
  'slowLost',
  'recursionMisses',
] as const;

/** Reasons counted in the kernel's map; the rest are userland's. */
export const kernelReasons = healthReasons.indexOf('notKept');

export type HealthReason = (typeof healthReasons)[number];
