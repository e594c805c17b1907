import { polls } from '../../scenarios/audit.ts';
import type { Ref } from '../../../src/kube/index.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import type { Ground } from './ground.ts';
import { operatorUser } from './operator-process.ts';
import { operatorWrites, textOfWrites } from './operator-writes.ts';
import type { Part } from './part.ts';

const minutes = 12;
const deadlineMinutes = 10;
/** For the transitions to be told and a canary to fly. */
const settleMs = 45_000;

/**
 * Nothing is edited for twelve minutes while some pods stay unready. After ten the Deployments among their owners get the
 * condition their controller sets then, which is news and worth one status write each.
 */
export const rest: Part = {
  name: 'rest',
  stacks: 100,
  minutes: minutes + 1,
  async measure({ ground, refs }, say) {
    const [sets, deployments] = [refs.slice(0, 10), refs.slice(10, 20)];
    for (const { namespace } of sets) makeUnready(ground, 'demo-loki', namespace!);
    for (const { namespace } of deployments) makeUnready(ground, 'demo-grafana', namespace!);
    await systemClock.sleep(settleMs);
    const cpuBefore = ground.operator().cpuMs();
    const heard = await ground.listen();
    await systemClock.sleep(deadlineMinutes * 60_000);
    const before = await heard();
    const heardAfter = await ground.listen();
    for (const ref of deployments) await missDeadline(ground, ref);
    await systemClock.sleep((minutes - deadlineMinutes) * 60_000);
    const after = operatorWrites(await heardAfter());
    const cpu = (ground.operator().cpuMs() - cpuBefore) / (minutes * 60_000);
    const seen = operatorWrites(before);
    const reads = polls(before).filter(({ user }) => user === operatorUser).length;
    say(`rest: ${reads} GETs and LISTs, ${(cpu * 100).toFixed(1)} % of one processor, canaries included`);
    for (const name of ['demo-loki', 'demo-grafana']) makeReady(ground, name, [...sets, ...deployments]);
    return {
      'rest-writes':
        `${seen.total + seen.events} in ${deadlineMinutes} minutes${seen.total > 0 ? ` (${textOfWrites(seen)})` : ''}; ` +
        `then ${textOfWrites(after)} as ${deployments.length} Deployments missed their deadline`,
    };
  },
};

function makeUnready({ controllers }: Ground, name: string, namespace: string): void {
  controllers.unready.add(`${namespace}/${name}`);
  controllers.touch(name, namespace);
}

function makeReady({ controllers }: Ground, name: string, refs: readonly Ref[]): void {
  for (const { namespace } of refs) controllers.unready.delete(`${namespace}/${name}`);
  controllers.touch(name);
}

/** What the Deployment controller writes after `progressDeadlineSeconds`. */
async function missDeadline({ person }: Ground, { namespace }: Ref): Promise<void> {
  const reason = 'ProgressDeadlineExceeded';
  const message = 'ReplicaSet "demo-grafana-0" has timed out progressing.';
  const conditions = [{ type: 'Progressing', status: 'False', reason, message }];
  const contentType = 'application/merge-patch+json';
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/demo-grafana/status`;
  await person.request('PATCH', path, { contentType, body: { status: { conditions } } });
}
