import { execa } from 'execa';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../../../src/cli/bundle.ts';

export const repository = join(import.meta.dirname, '../../..');

export interface Programs {
  /** Requests and echoes, for costs. */
  readonly traffic: string;
  /** Every way to use a socket, with a server that counts. */
  readonly shapes: string;
  /** Directory of the bundled agent, `agent.mjs`. */
  readonly agent: string;
}

/** Builds what is run into a directory. */
export async function buildPrograms(directory: string): Promise<Programs> {
  const compile = async (name: string, sources: string) => {
    const files = globSync(`${sources}/*.c`, { cwd: repository });
    const program = join(directory, name);
    await execa('gcc', ['-O2', '-Wall', '-Werror', '-pthread', ...files, '-o', program], { cwd: repository });
    return program;
  };
  const agent = join(directory, 'agent');
  const entry = join(repository, 'src/agent/testing/agent-program.fixture.ts');
  await bundle({ entry, directory: agent, file: 'agent.mjs' });
  return {
    traffic: await compile('traffic', 'e2e/bench/agent/traffic'),
    shapes: await compile('shapes', 'bpf/test/shapes'),
    agent,
  };
}
