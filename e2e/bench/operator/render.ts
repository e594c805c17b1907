import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Part } from './part.ts';
import { quantile } from './quantile.ts';

const times = 11;
const root = join(import.meta.dirname, '../../..');
const command = [join(root, 'dist/ostack.mjs'), 'render', '-f', join(root, 'examples/dev.yaml')];
const tellPeak = `data:text/javascript,process.on('exit',()=>process.stderr.write(String(process.resourceUsage().maxRSS)))`;

/** `ostack render` of the development example from the bundle, a new process each time, its files in the page cache. */
export const render: Part = {
  name: 'render',
  stacks: 0,
  async measure(_raised, say) {
    const tookMs: number[] = [];
    for (let n = 0; n < times; n += 1) {
      const startedAt = performance.now();
      await run(command);
      tookMs.push(performance.now() - startedAt);
    }
    const startedAt = performance.now();
    await run(['-e', '0']);
    say(`render: an empty program takes ${Math.round(performance.now() - startedAt)} ms`);
    const peak = Number(await run([`--import=${tellPeak}`, ...command]));
    if (!(peak > 0)) throw new Error('could not measure: render does not tell its memory');
    return {
      render: `p50 ${Math.round(quantile(tookMs, 0.5))} ms, least ${Math.round(Math.min(...tookMs))} ms of ${times}; ${Math.round((peak * 1024) / 1e6)} MB`,
    };
  },
};

/** Runs Node on these arguments; resolves to what it says on standard error. Rejects unless it ends well. */
async function run(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  child.stdout.resume();
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  const text = Buffer.concat(said).toString();
  if (code !== 0) throw new Error(`could not measure: render ends with ${code}: ${text}`);
  return text;
}
