export { type Applied, type Contest } from './apply.ts';
export {
  childScope,
  type Cluster,
  type ClusterOptions,
  type ClusterStats,
  stackLabel,
  WatchedCluster,
} from './cluster.ts';
export { connect, connectInCluster, type Endpoint } from './connect.ts';
export { Discovery } from './discovery.ts';
export {
  Conflict,
  Fenced,
  Forbidden,
  Gone,
  Invalid,
  KubeError,
  NotFound,
  Taken,
  TooManyRequests,
  Unreachable,
} from './errors.ts';
export { type EventText } from './events.ts';
export { type Lack, lacks, textOfPath } from './lacks.ts';
export { Lease, type LeaseOptions } from './lease.ts';
export { defaultTiming, Reflector, type ReflectorOptions, type ReflectorTiming, type Scope } from './reflector.ts';
export { asRendering, hashOf, renderingAnnotation, renderingHash, toRendering } from './rendering.ts';
export { isNewer, type KubeObject, type Live, type OwnerReference, type Ref, refOf, textOf } from './resource.ts';
export { type Answer, type RequestOptions, Rest, type Verb } from './rest.ts';
export { fieldManager } from './slim.ts';
export { type Change, Store } from './store.ts';
export { WorkQueue, type WorkQueueOptions } from './work-queue.ts';
