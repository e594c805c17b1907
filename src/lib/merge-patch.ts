/** An object of plain JSON data. */
export type Tree = Readonly<Record<string, unknown>>;

/** What a JSON merge patch (RFC 7396) makes of an object: members of the patch replace, merge, or, where null, remove. */
export function mergePatch(target: Tree, patch: Tree): Tree {
  const kept = Object.entries(target).filter(([key]) => !Object.hasOwn(patch, key));
  const changed = Object.entries(patch).flatMap(([key, value]) => {
    if (value === null) return [];
    const before = target[key];
    return [[key, isTree(value) ? mergePatch(isTree(before) ? before : {}, value) : value] as const];
  });
  return Object.fromEntries([...kept, ...changed]);
}

function isTree(value: unknown): value is Tree {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
