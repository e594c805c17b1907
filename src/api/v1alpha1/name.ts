// A Service must begin with a letter, and a StatefulSet's name plus a hash must fit a label: 38 + "-alloy-sampler" + 11 = 63.
const form = '^[a-z]([-a-z0-9]{0,36}[a-z0-9])?$';
const pattern = new RegExp(form);

/** What the name of a stack has to be so that its children can carry it. */
export const nameRule = {
  cel: `self.metadata.name.matches('${form}')`,
  reason: 'is no name that children can carry',
  fix: 'write 1 to 38 lower-case letters, digits and "-", beginning with a letter and ending with a letter or digit',
  holds: (name: string): boolean => pattern.test(name),
};
