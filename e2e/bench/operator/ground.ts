import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts';
import { Controllers } from '../../cluster/stand-in-controllers.ts';
import { startBackends } from '../../cluster/stand-in-backends.ts';
import { type AuditedRequest, sinceNow } from '../../scenarios/audit.ts';
import { type KubeObject, Rest } from '../../../src/kube/index.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { type OperatorProcess, operatorUser, startOperatorProcess } from './operator-process.ts';
import { Stacks } from './stacks.ts';
import { until } from './until.ts';

/** A real API server, stand-ins for everything around it, and the operator. */
export interface Ground {
  /** Whoever creates, edits and deletes; another user than the operator. */
  readonly person: Rest;
  readonly stacks: Stacks;
  readonly controllers: Controllers;
  operator(): OperatorProcess;
  /** Ends the operator and starts another. */
  restartOperator(): Promise<void>;
  /** Remembers where the audit log ends; the answer reads what was added, whoever asked. */
  listen(): Promise<() => Promise<readonly AuditedRequest[]>>;
  stop(): Promise<void>;
}

const crdFile = join(import.meta.dirname, '../../../crds/ostack.io_observabilitystacks.yaml');

/** Starts everything but stacks. */
export async function raiseGround(): Promise<Ground> {
  const dir = mkdtempSync(join(tmpdir(), 'ostack-bench-'));
  const plane = await startControlPlane({ dir, audit: true, users: [operatorUser, 'person', 'controller'] });
  const backends = await startBackends();
  const [person, controller] = [restOf(plane, 'person'), restOf(plane, 'controller')];
  await define(person);
  const controllers = new Controllers(controller);
  await controllers.start();
  const stacks = new Stacks(person);
  const start = (): Promise<OperatorProcess> =>
    startOperatorProcess(plane, { dir, backends: backends.resolve('http://here').replace(/\/here\/$/, '') });
  let operator = await start();
  return {
    person,
    stacks,
    controllers,
    operator: () => operator,
    async restartOperator() {
      await operator.stop();
      operator = await start();
    },
    async listen() {
      // The log tells of a request after its answer is out.
      await systemClock.sleep(500);
      const read = await sinceNow(plane.auditLog);
      return async () => {
        await systemClock.sleep(500);
        return read();
      };
    },
    async stop() {
      await operator.stop();
      await stacks.stop();
      await controllers.stop();
      person.close();
      await backends.stop();
      await plane.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function restOf(plane: ControlPlane, user: string): Rest {
  const headers = async () => ({ authorization: `Bearer ${plane.tokens[user]}` });
  const tls = { ca: readFileSync(plane.certificate) };
  const endpoint = { url: plane.url, tls, headers, namespace: 'default' };
  return new Rest(endpoint, { clock: systemClock, perSecond: 5000, burst: 5000 });
}

async function define(person: Rest): Promise<void> {
  const crd = parse(readFileSync(crdFile, 'utf8')) as KubeObject;
  await person.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: crd });
  await until('the resource to be served', 20_000, () =>
    person.request('GET', '/apis/ostack.io/v1alpha1/observabilitystacks').then(
      () => true,
      () => false,
    ),
  );
}
