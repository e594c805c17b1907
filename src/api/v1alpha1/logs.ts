import { branch, duration, word } from '../schema/index.ts';
import { resources } from './resources.ts';
import { volume } from './volume.ts';

export const logs = branch({
  backend: word('Loki', 'None').default('Loki').describe('The log backend of the stack, or None.'),
  // Loki deletes whole index periods of a day, so less than one would keep nothing.
  retention: duration({ min: '24h', max: '1000d', like: '30d' }).sized().describe('How long logs are kept.'),
  resources: resources('Loki'),
  volume: volume('logs'),
}).describe('Where logs are kept.');
