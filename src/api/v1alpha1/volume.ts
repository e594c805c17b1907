import { branch, quantity, text, type Out } from '../schema/index.ts';
import { subdomain } from './names.ts';

/** The volume of one backend. That it may not shrink is a rule of the spec, because its size can come from `spec.size`. */
export function volume(of: string) {
  return branch({
    size: quantity({ min: '256Mi', max: '64Ti', like: '50Gi' }).sized().describe('Size of the volume; it may grow.'),
    storageClass: text({
      max: 253,
      form: `^(${subdomain})?$`,
      what: 'a storage class name',
      fix: 'write lower-case letters, digits, "-" and ".", or leave it empty for the default of the cluster',
    })
      .default('')
      .example('fast-ssd')
      .immutable('delete the stack and create it again to move its data to another storage class')
      .describe('Storage class of the volume; empty is the default of the cluster. It cannot be changed.'),
  }).describe(`The volume that holds ${of}.`);
}
export type Volume = Out<ReturnType<typeof volume>>;
