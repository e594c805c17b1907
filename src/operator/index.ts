export { operatorAccess } from './access.ts';
export { FactFinder } from './facts.ts';
export { inventoryOf } from './inventory.ts';
export { childKinds, type FollowedKind } from './kinds.ts';
export { adopted } from './ownership.ts';
export { leftovers } from './prune.ts';
export { scopesOf } from './scopes.ts';
export { stackRef } from './stack-key.ts';
export { type Operator, type OperatorOptions, startOperator } from './start.ts';
