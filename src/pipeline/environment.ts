import { call, ref, type Expression } from '../alloy/index.ts';

/** The host name of the pod, which tells replicas apart that write the same series. */
export const hostname: Expression = ref('constants.hostname');

/** A variable of the pod's environment. */
export function env(name: string): Expression {
  return call('sys.env', name);
}
