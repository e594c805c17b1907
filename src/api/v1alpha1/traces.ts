import { branch, duration, word } from '../schema/index.ts';
import { resources } from './resources.ts';
import { volume } from './volume.ts';

export const traces = branch({
  backend: word('Tempo', 'None').default('Tempo').describe('The trace backend of the stack, or None.'),
  retention: duration({ min: '1h', max: '1000d', like: '72h' }).sized().describe('How long traces are kept.'),
  resources: resources('Tempo'),
  volume: volume('traces'),
}).describe('Where traces are kept.');
