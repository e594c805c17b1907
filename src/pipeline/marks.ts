/**
 * Span attributes by which the data-driven statements tell the static sampler what they found.
 * Written upstream of the tail sampler, read by one policy each, gone before a trace leaves.
 */
export const marks = {
  share: 'ostack.keep.share',
  error: 'ostack.keep.error',
  slow: 'ostack.keep.slow',
  attribute: 'ostack.keep.attribute',
  observe: 'ostack.keep.observe',
  canary: 'ostack.keep.canary',
  /** The text "true", not a boolean: Alloy 1.11 does not hand `invert_match` on for booleans. */
  drop: 'ostack.drop',
} as const;

/** `service.name` of the operator's canary, which is kept whatever the sampling says and is in no count. */
export const canaryService = 'ostack-canary';

/** `telemetry.sdk.name` of spans the agent made, which it has counted itself. */
export const agentSdk = 'ostack-agent';
