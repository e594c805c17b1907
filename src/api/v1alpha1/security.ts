import { boolean, branch } from '../schema/index.ts';

export const security = branch({
  networkPolicies: boolean()
    .default(false)
    .describe('Let each component be reached only by those who have to, and only on its ports.'),
}).describe('How the parts of the stack are kept from others.');
