import { checkWiring, printAlloy, type AlloyConfig } from '../alloy/index.ts';

/** The printed configuration with its doors and its data on this machine. */
export function local(config: AlloyConfig, doors: Readonly<Record<string, string>>): string {
  const findings = checkWiring(config);
  if (findings.length > 0) throw new Error(JSON.stringify(findings));
  return Object.entries(doors).reduce((text, [from, to]) => text.replaceAll(from, to), printAlloy(config));
}
