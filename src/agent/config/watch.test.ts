import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { parseAgentConfig, type AgentConfig, type Problem } from '../../api/agent-config/index.ts';
import { leastOf } from '../../lib/least.fixture.ts';
import { ConfigWatch } from './watch.ts';

const json = (percent: number) =>
  JSON.stringify({ otlp: { endpoint: 'http://a:1' }, sampling: { baselinePercent: percent } });

let folder: string;
let watching: ConfigWatch | undefined;
// An agent that follows its file has parsed one; the first time takes longer.
beforeAll(() => void parseAgentConfig(json(10)));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agent-config-'));
});
afterEach(async () => {
  await watching?.stop();
  await rm(folder, { recursive: true });
});

function follow(path: string, loaded: string) {
  const configs: AgentConfig[] = [];
  const problems: (readonly Problem[])[] = [];
  let wake: (() => void) | undefined;
  watching = new ConfigWatch(path, loaded, {
    onConfig: (config) => {
      configs.push(config);
      wake?.();
    },
    onProblems: (found) => {
      problems.push(found);
      wake?.();
    },
  });
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise<void>((resolve) => (wake = resolve));
  };
  return { configs, problems, until };
}

test('an edited file is in force within 100 ms', async () => {
  const path = join(folder, 'agent.json');
  await writeFile(path, json(10));
  const { configs, until } = follow(path, json(10));
  let percent = 10;
  const tookMs = await leastOf(100, async () => {
    const started = performance.now();
    await writeFile(path, json(++percent));
    await until(() => configs.at(-1)?.sampling.baselinePercent === percent);
    return performance.now() - started;
  });
  expect(tookMs).toBeLessThanOrEqual(100);
});

test('a ConfigMap that swaps its link is one change', async () => {
  await mkdir(join(folder, '..1'));
  await mkdir(join(folder, '..2'));
  await writeFile(join(folder, '..1', 'agent.json'), json(1));
  await writeFile(join(folder, '..2', 'agent.json'), json(2));
  await symlink('..1', join(folder, '..data'));
  await symlink('..data/agent.json', join(folder, 'agent.json'));
  const { configs, until } = follow(join(folder, 'agent.json'), json(1));
  await symlink('..2', join(folder, '..data_tmp'));
  await rename(join(folder, '..data_tmp'), join(folder, '..data'));
  await until(() => configs.length > 0);
  await rm(join(folder, '..1'), { recursive: true });
  await watching?.stop();
  expect(configs.map((config) => config.sampling.baselinePercent)).toEqual([2]);
});

test('a change between loading and watching is not missed', async () => {
  const path = join(folder, 'agent.json');
  await writeFile(path, json(30));
  const { configs, until } = follow(path, json(10));
  await until(() => configs.length > 0);
  expect(configs[0]?.sampling.baselinePercent).toBe(30);
});

test('a bad file is reported, changes nothing, and is forgotten once it is good again', async () => {
  const path = join(folder, 'agent.json');
  await writeFile(path, json(10));
  const { configs, problems, until } = follow(path, json(10));
  await writeFile(join(folder, 'bad'), json(200));
  await rename(join(folder, 'bad'), path);
  await until(() => problems.length > 0);
  expect(problems[0]).toMatchObject([{ path: 'sampling.baselinePercent' }]);
  expect(configs).toEqual([]);
  await writeFile(join(folder, 'good'), json(11));
  await rename(join(folder, 'good'), path);
  await until(() => configs.length > 0);
  expect(problems.at(-1)).toEqual([]);
});
