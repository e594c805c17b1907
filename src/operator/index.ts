export { operatorAccess } from './access.ts';
export { judge } from './conditions/chain.ts';
export { childKinds, type FollowedKind } from './kinds.ts';
export { adopted } from './ownership.ts';
export { type Operator, type OperatorOptions, startOperator } from './start.ts';
