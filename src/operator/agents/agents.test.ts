import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { systemClock } from '../../lib/clock.ts';
import type { AgentPod } from './agent-pods.ts';
import { Agents } from './agents.ts';

const answers = new Map<string, object | string | undefined>();
const asked: string[] = [];
let changes: string[];
let agents: Agents;

beforeEach(() => {
  answers.clear();
  asked.length = 0;
  changes = [];
  agents = new Agents({
    http: async (url) => {
      asked.push(url);
      const answer = answers.get(url);
      if (answer === undefined) throw new Error('connection refused');
      return { status: 200, body: typeof answer === 'string' ? answer : JSON.stringify(answer) };
    },
    clock: systemClock,
    onChange: (key) => changes.push(key),
    periodMs: 20,
  });
});
afterEach(() => agents.stop());

const pod = (node: string, fingerprint = '1'): AgentPod => ({ node, url: `http://${node}/readyz`, fingerprint });
const ready = { ready: true, reason: 'Ready', message: 'following 3', targets: 3 };

test('each agent is asked, and its answer read', async () => {
  answers.set('http://a/readyz', ready);
  answers.set('http://b/readyz', { ready: false, reason: 'UnsupportedKernel', message: 'no btf' });
  answers.set('http://c/readyz', { ready: false, reason: 'PodsUnknown', message: 'not listed yet' });
  answers.set('http://d/readyz', '<html>');
  const seen = await agents.expect(
    'x/demo',
    ['a', 'b', 'c', 'd', 'e'].map((node) => pod(node)),
  );
  expect(seen).toEqual([
    { node: 'a', state: 'Attached', message: '', follows: true },
    { node: 'b', state: 'UnsupportedKernel', message: 'no btf', follows: false },
    { node: 'c', state: 'Waiting', message: 'not listed yet', follows: false },
    { node: 'd', state: 'Waiting', message: 'its answer cannot be read', follows: false },
    { node: 'e', state: 'Waiting', message: 'it does not answer', follows: false },
  ]);
});

test('an agent that refused its configuration follows another one, and says which field it is about', async () => {
  const configProblems = [
    { path: 'discovery.ports', reason: 'is no list', fix: 'write a list' },
    { path: 'budget', reason: 'is unknown', fix: 'remove it' },
  ];
  answers.set('http://a/readyz', { ...ready, configProblems });
  answers.set('http://b/readyz', { ready: false, reason: 'NotStarted', message: 'no configuration', configProblems });
  answers.set('http://c/readyz', { ...ready, configProblems: 0 });
  const seen = await agents.expect(
    'x/demo',
    ['a', 'b', 'c'].map((node) => pod(node)),
  );
  const message =
    'it refused its configuration: discovery.ports is no list (and 1 more); look at spec.images.overrides.agent, which may be of another version, and at spec.overrides';
  expect(seen).toEqual([
    { node: 'a', state: 'ConfigRefused', message, follows: true },
    { node: 'b', state: 'ConfigRefused', message, follows: false },
    { node: 'c', state: 'Attached', message: '', follows: true },
  ]);
});

test('an agent is asked again at once only if its pod has changed', async () => {
  const still = new Agents({ http: count, clock: systemClock, onChange: () => undefined, periodMs: 60_000 });
  let questions = 0;
  async function count() {
    questions += 1;
    return { status: 200, body: JSON.stringify(ready) };
  }
  await still.expect('x/demo', [pod('a')]);
  await still.expect('x/demo', [pod('a')]);
  expect(questions).toBe(1);
  await still.expect('x/demo', [pod('a', '2')]);
  expect(questions).toBe(2);
  await still.stop();
});

test('another answer later is told, the same one is not', async () => {
  answers.set('http://a/readyz', ready);
  await agents.expect('x/demo', [pod('a')]);
  await systemClock.sleep(100);
  expect(asked.length).toBeGreaterThan(2);
  expect(changes).toEqual([]);
  answers.set('http://a/readyz', { ...ready, targets: 4 });
  await systemClock.sleep(60);
  expect(changes).toEqual([]);
  answers.set('http://a/readyz', { ...ready, targets: 0 });
  await systemClock.sleep(60);
  expect(changes).toEqual(['x/demo']);
  expect(agents.known('x/demo')).toMatchObject([{ follows: false }]);
});

test('pods that are gone, and stacks that are forgotten, are asked no more', async () => {
  await agents.expect('x/demo', [pod('a'), pod('b')]);
  expect(await agents.expect('x/demo', [pod('b')])).toHaveLength(1);
  agents.forget('x/demo');
  asked.length = 0;
  await systemClock.sleep(60);
  expect(asked).toEqual([]);
  expect(agents.known('x/demo')).toEqual([]);
});
