import { group, plural, renderCrd, renderReference } from '../api/index.ts';

/** A file that is committed but written by a program; `path` is relative to the repository. */
export interface Generator {
  readonly path: string;
  readonly render: () => string | Promise<string>;
}

/** Every generated file. A room adds its own by a line here. */
export const generators: readonly Generator[] = [
  { path: `crds/${group}_${plural}.yaml`, render: renderCrd },
  { path: 'crds/REFERENCE.md', render: renderReference },
];
