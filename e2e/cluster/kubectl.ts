import { execa } from 'execa';
import { kubeconfigOf } from './certificates.ts';
import { inNetwork } from './namespaces.ts';
import type { Place } from './place.ts';
import { programPath } from './programs.ts';

/** Runs kubectl as administrator inside the node's network; answers standard output, throws with standard error. */
export async function kubectl(place: Place, args: readonly string[], input?: string): Promise<string> {
  const program = inNetwork(place, { name: 'kubectl', command: programPath('kubectl'), args });
  const { stdout } = await execa(program.command, program.args, {
    env: { KUBECONFIG: kubeconfigOf(place, 'admin') },
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    maxBuffer: 256 << 20,
  });
  return stdout;
}

/** Applies objects on the server side, as the harness. */
export async function applyObjects(place: Place, objects: readonly object[]): Promise<void> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  await kubectl(place, ['apply', '--server-side', '--force-conflicts', '--field-manager=ostack-node', '-f', '-'], list);
}
