import type { Finding } from './finding.ts';

/** Components that depend on themselves, each circle once; edges go from a component to those it refers to. */
export function cyclesIn(edges: readonly (readonly [string, readonly string[]])[]): readonly Finding[] {
  const next = new Map(edges);
  const done = new Set<string>();
  const findings: Finding[] = [];
  const visit = (id: string, trail: readonly string[]): void => {
    const back = trail.indexOf(id);
    if (back !== -1) {
      const circle = [...trail.slice(back), id];
      findings.push({ kind: 'cycle', at: id, message: circle.join(' → ') });
      return;
    }
    if (done.has(id)) return;
    for (const to of new Set(next.get(id) ?? [])) visit(to, [...trail, id]);
    done.add(id);
  };
  for (const [id] of edges) visit(id, []);
  return findings;
}
