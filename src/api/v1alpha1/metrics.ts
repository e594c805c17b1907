import { branch, duration, integer, keyed, object, text, word } from '../schema/index.ts';
import { remoteWriteUrl } from './endpoint.ts';
import { entryName } from './names.ts';
import { resources } from './resources.ts';
import { volume } from './volume.ts';

const url = text({
  min: 10,
  max: 512,
  form: '^https?://[^/]',
  what: 'an http or https URL',
  fix: 'write the whole push URL, such as https://mimir.example.com/api/v1/push',
})
  .example('https://mimir.example.com/api/v1/push', 'http://prometheus.tools:9090/api/v1/write')
  .check(remoteWriteUrl)
  .describe('URL of the remote-write endpoint, with its path.');

export const metrics = branch({
  backend: word('Mimir', 'None').default('Mimir').describe('The metric backend of the stack, or None.'),
  retention: duration({ min: '24h', max: '4000d', like: '30d' }).sized().describe('How long metrics are kept.'),
  resources: resources('Mimir'),
  volume: volume('metrics'),
  maxSeries: integer({ min: 10_000, max: 100_000_000 }).sized().describe('Series Mimir accepts at most.'),
  remoteWrite: keyed(['name'], object({ name: entryName('target'), url }).describe('One remote-write target.'), {
    max: 8,
  })
    .default([])
    .describe('Further remote-write targets beside the backend of the stack; they also work without it.'),
}).describe('Where metrics are kept.');
