/** Roots of the standard library of Alloy 1.11, the old top-level functions included. */
export const libraryRoots: ReadonlySet<string> = new Set(
  `array base64_decode coalesce concat constants convert encoding env file format join json_decode json_path
   nonsensitive replace split string sys to_lower to_upper trim trim_prefix trim_space trim_suffix yaml_decode`
    .trim()
    .split(/\s+/),
);

/** Top-level blocks of the language that are no components. */
export const languageBlocks: ReadonlySet<string> = new Set([
  'argument',
  'declare',
  'export',
  'foreach',
  'http',
  'import.file',
  'import.git',
  'import.http',
  'import.string',
  'livedebugging',
  'logging',
  'remotecfg',
  'tracing',
]);

/** Names under which a configuration defines components of its own. */
export const definers: ReadonlySet<string> = new Set([
  'declare',
  'import.file',
  'import.git',
  'import.http',
  'import.string',
]);
