import { branch, text } from '../schema/index.ts';

export const topology = branch({
  clusterName: text({
    max: 63,
    form: '^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$',
    what: 'a cluster name',
    fix: 'write letters, digits, "-", "_" and ".", starting and ending with a letter or digit',
  })
    .default('')
    .example('prod-eu-1')
    .describe(
      'Value of the attribute k8s.cluster.name of every signal and of the label cluster of metrics; none if empty.',
    ),
}).describe('Where this cluster stands among others.');
