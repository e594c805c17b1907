import type { Context } from '../component.ts';

/**
 * Whether there are several samplers, or may be as soon as an autoscaler wants them: spans are then spread over them and
 * wait behind the routing. What an only sampler gets would count spans twice once there are two.
 */
export function severalSamplers({ stack, facts }: Context): boolean {
  return facts.samplerAutoscaled || stack.spec.collection.sampler.replicas > 1;
}
