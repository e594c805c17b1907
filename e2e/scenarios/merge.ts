export type Tree = { readonly [field: string]: unknown };

/** A JSON merge patch (RFC 7396) on plain data. */
export function merge(target: Tree, patch: Tree): Tree {
  const result: Record<string, unknown> = { ...target };
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete result[field];
    else if (isTree(value)) result[field] = merge(isTree(result[field]) ? result[field] : {}, value);
    else result[field] = value;
  }
  return result;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
