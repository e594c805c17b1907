import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startControlPlane, type ControlPlane } from '../../e2e/cluster/control-plane.ts';
import { programPath } from '../../e2e/cluster/programs.ts';
import type { KubeObject } from './component.ts';
import { everything, objectsOf, type SomeSpec } from './specimen.ts';

const stacks: readonly (readonly [string, SomeSpec])[] = [
  ['the smallest stack', {}],
  ['a stack with everything on', everything],
];

/** In the words of the API server. */
const whatTheAgentNeeds = `Warning: would violate PodSecurity "restricted:latest": ${[
  'host namespaces (hostPID=true)',
  'unrestricted capabilities (container "agent" must not include "BPF", "DAC_READ_SEARCH", "PERFMON", "SYS_PTRACE" in securityContext.capabilities.add)',
  'runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false)',
  'runAsUser=0 (pod must not set runAsUser=0)',
].join(', ')}\n`;

let directory: string;
let server: ControlPlane;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ostack-objects-'));
  server = await startControlPlane({ dir: directory });
}, 120_000);

afterAll(async () => {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}, 30_000);

describe.each(stacks)('%s', (title, spec) => {
  const namespace = `stack-${stacks.findIndex(([name]) => name === title)}`;
  const objects = objectsOf(spec).map((object) => inNamespace(object, namespace));

  beforeAll(async () => {
    const labels = {
      'pod-security.kubernetes.io/warn': 'restricted',
      'pod-security.kubernetes.io/enforce': 'restricted',
    };
    await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } }]);
  }, 60_000);

  test('is stored with no warning but one: only the agent is below the restricted level, and only as it must', async () => {
    const { out, warnings } = await apply(objects);
    expect(warnings).toBe(whatTheAgentNeeds);
    expect(out.trim().split('\n')).toHaveLength(objects.length);
  }, 120_000);

  test('is stored as it was written, so that nothing ever looks drifted', async () => {
    const { items } = JSON.parse(await kubectl(['get', '-f', '-', '-o', 'json'], listOf(objects))) as {
      items: readonly KubeObject[];
    };
    for (const object of objects) {
      const live = items.find(({ kind, metadata }) => kind === object.kind && metadata.name === object.metadata.name);
      expect(live).toMatchObject(object);
    }
  }, 60_000);

  test('changes nothing when it is applied again', async () => {
    const versions = async () =>
      (
        await kubectl(['get', '-f', '-', '-o', 'jsonpath={.items[*].metadata.resourceVersion}'], listOf(objects))
      ).trim();
    const before = await versions();
    await apply(objects);
    expect(await versions()).toBe(before);
  }, 60_000);
});

test('a field nobody knows would be refused', async () => {
  const [account] = objectsOf();
  await expect(apply([{ ...account, misspelt: true } as KubeObject])).rejects.toThrow('misspelt');
}, 60_000);

function inNamespace(object: KubeObject, namespace: string): KubeObject {
  const { metadata } = object;
  const name = metadata.namespace === undefined ? `${metadata.name}-${namespace}` : metadata.name;
  return { ...object, metadata: { ...metadata, name, ...(metadata.namespace !== undefined && { namespace }) } };
}

function listOf(items: readonly KubeObject[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

async function apply(objects: readonly KubeObject[]): Promise<{ out: string; warnings: string }> {
  const args = ['apply', '--server-side', '--validate=strict', '--field-manager=ostack-operator', '-f', '-'];
  const { out, errors } = await run(args, listOf(objects));
  return { out, warnings: errors };
}

async function kubectl(args: readonly string[], input: string): Promise<string> {
  return (await run(args, input)).out;
}

function run(args: readonly string[], input: string): Promise<{ out: string; errors: string }> {
  const child = spawn(programPath('kubectl'), [`--kubeconfig=${server.kubeconfig}`, ...args]);
  let [out, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve({ out, errors }) : reject(new Error(errors))));
  });
}
