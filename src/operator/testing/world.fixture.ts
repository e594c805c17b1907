import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { startControlPlane, type ControlPlane } from '../../../e2e/cluster/control-plane.ts';
import { connect, NotFound, Rest, type KubeObject, type Live, type Ref } from '../../kube/index.ts';
import { systemClock } from '../../lib/clock.ts';
import { createLog } from '../../lib/log.ts';
import { startOperator, type Operator, type OperatorOptions } from '../start.ts';
import { startBackends, type Backends } from '../../../e2e/cluster/stand-in-backends.ts';
import { Controllers } from '../../../e2e/cluster/stand-in-controllers.ts';
import { Discovery } from '../../kube/index.ts';

/** A request of the operator that changed something, as the audit log tells it. */
export interface Write {
  readonly verb: string;
  readonly resource: string;
  readonly name: string;
  readonly namespace: string;
  readonly code: number;
}

/** A real API server with controllers that make every workload ready, and backends that find every canary. */
export interface World {
  readonly plane: ControlPlane;
  readonly backends: Backends;
  readonly controllers: Controllers;
  /** Requests of a person; told apart from the operator's in the audit log. */
  readonly person: Rest;
  operator(options?: Partial<OperatorOptions>): Promise<Operator>;
  get(ref: Ref): Promise<Live | undefined>;
  apply(object: object): Promise<Live>;
  patch(ref: Ref, patch: object): Promise<Live>;
  remove(ref: Ref): Promise<void>;
  list(apiVersion: string, kind: string, namespace?: string, labelSelector?: string): Promise<Live[]>;
  /** Writes of the operator since the last call of `mark`, leases excepted. */
  writes(): Write[];
  /** GETs and LISTs of the operator since then, leases and discovery excepted. */
  reads(): Write[];
  mark(): Promise<void>;
  /** Brings the resource definition, and waits until it is served. */
  define(): Promise<void>;
  stop(): Promise<void>;
}

export const periods = { healthy: 2000, broken: 500, slack: 1500, pause: 100 };

export async function startWorld(): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), 'ostack-operator-'));
  const plane = await startControlPlane({ dir, audit: true });
  const person = await restAs(plane, 'person');
  const discovery = new Discovery(person);
  const backends = await startBackends();
  const crd = parse(
    readFileSync(join(import.meta.dirname, '../../../crds/ostack.io_observabilitystacks.yaml'), 'utf8'),
  );
  const world: World = {
    plane,
    backends,
    controllers: new Controllers(await restAs(plane, 'controller')),
    person,
    operator: (options = {}) =>
      startOperator({
        kubeconfig: plane.kubeconfig,
        image: 'ostack.test/ostack:dev',
        leaseNamespace: 'default',
        port: 0,
        log: createLog('operator', process.env['OSTACK_LOG_LEVEL'] ?? 'silent'),
        endpointResolver: backends.resolve,
        canaryPeriods: periods,
        requestsPerSecond: 500,
        ...options,
      }),
    async get(ref) {
      try {
        return (await person.request('GET', await discovery.pathOf(ref))).body as Live;
      } catch (error) {
        if (error instanceof NotFound) return undefined;
        throw error;
      }
    },
    async apply(object) {
      const { apiVersion, kind, metadata } = object as KubeObject;
      const path = await discovery.pathOf({ apiVersion, kind, ...metadata } as Ref);
      const query = { fieldManager: 'kubectl', force: true, fieldValidation: 'Strict' };
      const contentType = 'application/apply-patch+yaml';
      return (await person.request('PATCH', path, { query, contentType, body: object })).body as Live;
    },
    async patch(ref, patch) {
      const contentType = 'application/merge-patch+json';
      return (await person.request('PATCH', await discovery.pathOf(ref), { contentType, body: patch })).body as Live;
    },
    async remove(ref) {
      await person.request('DELETE', await discovery.pathOf(ref), { body: { propagationPolicy: 'Background' } });
    },
    async list(apiVersion, kind, namespace, labelSelector) {
      const path = await discovery.collectionOf(apiVersion, kind, namespace);
      const { items } = (await person.request('GET', path, { query: { labelSelector } })).body as { items: Live[] };
      return items.map((item) => ({ ...item, apiVersion, kind }));
    },
    writes: () => audited().filter((event) => mutating.has(event.verb)),
    reads: () => audited().filter((event) => event.verb === 'get' || event.verb === 'list'),
    async mark() {
      // The log tells of a request after its answer is out, and what it did may be seen even earlier.
      await systemClock.sleep(500);
      start = lines().length;
    },
    async define() {
      await world.apply(crd as object);
      await eventually('the resource to be served', async () => {
        await person.request('GET', '/apis/ostack.io/v1alpha1/observabilitystacks');
      });
    },
    async stop() {
      await world.controllers.stop();
      person.close();
      await backends.stop();
      await plane.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  let start = 0;
  const lines = () => readFileSync(plane.auditLog, 'utf8').trimEnd().split('\n');
  function audited(): Write[] {
    return lines()
      .slice(start)
      .map((line) => JSON.parse(line) as AuditEvent)
      .filter((e) => !e.requestURI.includes('dryRun=All'))
      .filter((e) => e.stage === 'ResponseComplete' && e.impersonatedUser === undefined && e.user?.username === 'admin')
      .map(({ verb, objectRef, responseStatus }) => ({
        verb,
        resource: [objectRef?.resource, objectRef?.subresource].filter(Boolean).join('/'),
        name: objectRef?.name ?? '',
        namespace: objectRef?.namespace ?? '',
        code: responseStatus?.code ?? 0,
      }))
      .filter((e) => e.resource !== '' && e.resource !== 'leases');
  }
  await world.define();
  await world.controllers.start();
  return world;
}

interface AuditEvent {
  readonly stage: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user?: { readonly username: string };
  readonly impersonatedUser?: object;
  readonly objectRef?: { resource?: string; subresource?: string; name?: string; namespace?: string };
  readonly responseStatus?: { readonly code: number };
}

const mutating = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

async function restAs(plane: ControlPlane, user: string): Promise<Rest> {
  const endpoint = await connect({ kubeconfig: plane.kubeconfig });
  const headers = async () => ({
    ...(await endpoint.headers()),
    'impersonate-user': user,
    'impersonate-group': 'system:masters',
  });
  return new Rest({ ...endpoint, headers }, { clock: systemClock, perSecond: 5000, burst: 5000 });
}

/** Tries until it does not throw; what it throws last is thrown after `timeoutMs`. */
export async function eventually<T>(what: string, attempt: () => Promise<T> | T, timeoutMs = 20_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`, { cause: error });
      await systemClock.sleep(20);
    }
  }
}
