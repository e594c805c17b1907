import { text } from '../schema/index.ts';

/** A name users give to an entry of a list, unique in it. */
export function entryName(of: string) {
  return text({
    min: 1,
    max: 63,
    form: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
    what: 'a name',
    fix: 'write lower-case letters, digits and "-", starting and ending with a letter or digit',
  })
    .example('main', 'eu-west-1')
    .describe(`Name of the ${of}, unique in the list.`);
}

// DNS-1123: labels between dots.
export const subdomain = '[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*';

/** The name of a Kubernetes object. */
export function objectName(of: string) {
  return text({
    min: 1,
    max: 253,
    form: `^${subdomain}$`,
    what: `the name of a ${of}`,
    fix: 'write lower-case letters, digits, "-" and ".", starting and ending with a letter or digit around each dot',
  }).example('tokens', 'registry.eu');
}

/** The name of an attribute of a span, metric or log record. */
export function attributeName() {
  return text({
    min: 1,
    max: 128,
    form: '^[A-Za-z_][A-Za-z0-9_./-]*$',
    what: 'an attribute name',
    fix: 'write letters, digits, "_", ".", "/" and "-", starting with a letter or "_", such as http.route',
  }).example('http.route', 'user.id', 'tenant');
}

/** Text that ends up inside statements of the pipeline, where a quote or a control character would end it. */
export function quotable(max: number, what: string) {
  return text({
    min: 1,
    max,
    form: '^[^\\x00-\\x1f\\x7f"\\\\]+$',
    what,
    fix: 'leave out quotes, backslashes and control characters',
  });
}
