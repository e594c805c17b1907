import { branch, object, set, text } from '../schema/index.ts';
import { pinned } from './image-reference.ts';
import { objectName } from './names.ts';

const image = (of: string) =>
  text({
    min: 1,
    max: 512,
    form: '^[a-z0-9]([A-Za-z0-9._/:-]*[A-Za-z0-9])?(@sha256:[0-9a-f]{64})?$',
    what: 'an image reference',
    fix: 'write registry/path:tag, such as docker.io/grafana/tempo:2.9.0',
  })
    .optional()
    .example(`registry.example.com/${of}:1.2.3`)
    .check(pinned)
    .describe(`Image of ${of} in place of the default one.`);

export const images = branch({
  registry: text({
    max: 255,
    form: '^([A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?(:[0-9]{1,5})?(/[a-z0-9]([-a-z0-9._/]*[a-z0-9])?)?)?$',
    what: 'a registry',
    fix: 'write host, host:port or host/path without a scheme, such as registry.example.com:5000/mirror',
  })
    .default('')
    .example('registry.example.com:5000/mirror')
    .describe('Registry that holds the default images, in place of the public ones.'),
  pullSecrets: set(objectName('Secret').describe('Secret in the namespace of the stack.'), { max: 16 })
    .default([])
    .describe('Secrets to pull images with.'),
  overrides: object({
    alloy: image('alloy'),
    tempo: image('tempo'),
    mimir: image('mimir'),
    loki: image('loki'),
    grafana: image('grafana'),
    agent: image('agent'),
  })
    .default({})
    .describe('Whole image references; the registry above does not apply to them.'),
}).describe('Where images come from.');
