// Runs TypeScript under jest by removing the types in place, so line numbers stay exact.
import { stripTypeScriptTypes } from 'node:module';

export default { process: (source) => ({ code: stripTypeScriptTypes(source) }) };
