import { isDeepStrictEqual } from 'node:util';
import { parseStored, type Parsed, type Problem, type Spec, type Stack, type StackStatus } from '../api/index.ts';
import { refOf, type Cluster, type Live } from '../kube/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Plan } from '../stack/index.ts';
import { applyPlan } from './apply-plan.ts';
import type { Canaries } from './canary/canaries.ts';
import { agentPods } from './agents/agent-pods.ts';
import type { AgentSeen } from './agents/agent-seen.ts';
import type { Agents } from './agents/agents.ts';
import { canaryTarget, plannedWay, standingWay } from './canary-target.ts';
import { judge } from './conditions/chain.ts';
import { cleanUp, release } from './deletion.ts';
import type { FactFinder } from './facts.ts';
import { setFinalizer } from './finalizer.ts';
import { growClaims } from './grow-claims.ts';
import { followed, followedHash, isFollowed, nudge, type Followed } from './followed.ts';
import { entryOf, inventoryOf, type InventoryEntry } from './inventory.ts';
import { expectedFromInventory, expectedOf } from './observation/expected.ts';
import type { Observation, Refusal } from './observation/observation.ts';
import { observe } from './observation/observe.ts';
import { waitBeforeWrite, type Pace } from './pace.ts';
import { leftovers, looseClaims, removeAll } from './prune.ts';
import type { PlanCache } from './plan-cache.ts';
import { RefusedObjects, retryRefusedMs } from './refused.ts';
import { stackRef, type StackKey } from './stack-key.ts';
import { statusOf, type InForce } from './status.ts';
import { transitions } from './transitions.ts';

/** What a pass came to: nothing left to do, or look again after a while. Failures worth an early retry are thrown. */
export type Outcome = { readonly kind: 'done' } | { readonly kind: 'again'; readonly afterMs: number };

export interface ReconcilerOptions {
  readonly cluster: Cluster;
  readonly facts: FactFinder;
  readonly plans: Pick<PlanCache, 'planOf' | 'forget'>;
  readonly canaries: Pick<Canaries, 'expect' | 'known' | 'forget'>;
  readonly agents: Pick<Agents, 'expect' | 'forget'>;
  readonly clock: Clock;
  /** Told of every status that is in the cluster: one that was written, and one found to be right as it is. */
  readonly onStatus: (key: StackKey, status: StackStatus) => void;
  readonly onGone: (key: StackKey) => void;
}

/** What one stack is to be, and what is to be done about it. */
type Intent = Decision & { readonly unknownFields: readonly string[] };

type Decision =
  | { readonly kind: 'apply'; readonly stack: Stack; readonly plan: Plan }
  | {
      readonly kind: 'hold';
      readonly state: Spec['managementState'];
      readonly problems: readonly Problem[];
      /** Why no plan can be made of it, and that again and again. */
      readonly unplanned?: Error;
    };

interface Applied {
  readonly inForce: InForce | undefined;
  readonly inventory: readonly InventoryEntry[];
  readonly refusals: readonly Refusal[];
  readonly errors: readonly Error[];
}

/** A failure that lasts longer than this many passes is told in the status, not only in the log. */
const patience = 5;

export class Reconciler {
  private readonly options: ReconcilerOptions;
  private readonly refused: RefusedObjects;
  private readonly paces = new Map<StackKey, Pace>();
  private readonly failing = new Map<StackKey, number>();
  private readonly toNudge = new Map<StackKey, Set<Followed>>();
  private readonly uids = new Map<StackKey, string>();

  constructor(options: ReconcilerOptions) {
    this.options = options;
    this.refused = new RefusedObjects(options.clock);
  }

  /** One pass over one stack: parse, plan, apply what differs, prune, observe, judge, write the status if it changed. */
  async reconcile(key: StackKey): Promise<Outcome> {
    const { cluster } = this.options;
    const live = cluster.read(stackRef(key));
    if (live === undefined) return this.forget(key);
    this.uids.set(key, live.metadata.uid);
    if (live.metadata.deletionTimestamp !== undefined) {
      this.options.canaries.forget(key);
      this.options.agents.forget(key);
      await cleanUp(cluster, live);
      return { kind: 'done' };
    }
    const intent = await this.intentOf(key, live);
    const applied = intent.kind === 'apply' ? await this.apply(key, live, intent) : await this.hold(live, intent);
    this.failing.set(key, applied.errors.length === 0 ? 0 : (this.failing.get(key) ?? 0) + 1);
    const waitMs = await this.report(key, live, intent, applied);
    if (applied.errors[0]) throw applied.errors[0];
    if (waitMs > 0) return { kind: 'again', afterMs: waitMs };
    return applied.refusals.length > 0 ? { kind: 'again', afterMs: retryRefusedMs } : { kind: 'done' };
  }

  private async intentOf(key: StackKey, live: Live): Promise<Intent> {
    const { stack, unknownFields } = parseStored(live);
    try {
      return { ...(await this.decide(stack)), unknownFields };
    } catch (error) {
      const failed = this.failing.get(key) ?? 0;
      if (failed < patience) {
        this.failing.set(key, failed + 1);
        throw error;
      }
      const state = stack.ok ? stack.value.spec.managementState : 'Managed';
      return { kind: 'hold', state, problems: [], unplanned: error as Error, unknownFields };
    }
  }

  private async decide(parsed: Parsed<Stack>): Promise<Decision> {
    if (!parsed.ok) return { kind: 'hold', state: 'Managed', problems: parsed.problems };
    const stack = parsed.value;
    const state = stack.spec.managementState;
    if (state === 'Unmanaged') return { kind: 'hold', state, problems: [] };
    const plan = this.options.plans.planOf(stack, await this.options.facts.factsOf(stack));
    if (plan.problems.length > 0) return { kind: 'hold', state, problems: plan.problems };
    return state === 'Paused' ? { kind: 'hold', state, problems: [] } : { kind: 'apply', stack, plan };
  }

  private async hold(live: Live, intent: Intent & { kind: 'hold' }): Promise<Applied> {
    if (intent.state === 'Unmanaged') await release(this.options.cluster, live);
    const errors = intent.unplanned ? [intent.unplanned] : [];
    return { inForce: undefined, inventory: statusIn(live).inventory ?? [], refusals: [], errors };
  }

  private async apply(key: StackKey, live: Live, { stack, plan }: Intent & { kind: 'apply' }): Promise<Applied> {
    const { cluster } = this.options;
    const rendered = inventoryOf(plan);
    const deletesData = stack.spec.deletionPolicy === 'Delete';
    await setFinalizer(cluster, live, deletesData || rendered.some((entry) => entry.namespace === undefined));

    const { changed, ...applied } = await applyPlan(cluster, plan, stack, this.refused);
    const grown = await growClaims(cluster, plan, stack, this.refused);
    const refusals = [...applied.refusals, ...grown.refusals];
    const failures = [...applied.failures, ...grown.failures];
    const errors = failures.map((f) => f.error);
    for (const each of followed) {
      // Data that is merely created has no readers that know older data.
      if (changed.some((object) => isFollowed(object, stack, each.configMap))) this.waiting(key).add(each);
    }
    for (const each of this.waiting(key)) await this.nudge(key, stack, each, followedHash(plan, stack, each), errors);

    const surplus = leftovers(cluster, stack, statusIn(live).inventory ?? [], rendered);
    const stuck = await removeAll(cluster, surplus);
    errors.push(...stuck.map((s) => s.error));
    if (deletesData) {
      const running = plan.components.map((c) => c.name);
      const loose = await removeAll(cluster, looseClaims(cluster, stack, running).map(entryOf));
      errors.push(...loose.map((s) => s.error));
    }
    const lasting = (this.failing.get(key) ?? 0) >= patience ? failures : [];
    const failed = lasting.map(({ object, component, error }): Refusal => {
      return { object, component, reason: 'ApplyFailed', message: error.message };
    });
    return {
      inForce: { stack, plan, samplingHash: followedHash(plan, stack, followed[0]) },
      inventory: [...rendered, ...stuck.map((s) => s.entry)],
      refusals: [...refusals, ...failed],
      errors,
    };
  }

  private waiting(key: StackKey): Set<Followed> {
    const waiting = this.toNudge.get(key) ?? new Set();
    this.toNudge.set(key, waiting);
    return waiting;
  }

  private async nudge(key: StackKey, stack: Stack, each: Followed, hash: string, errors: Error[]): Promise<void> {
    try {
      await nudge(this.options.cluster, stack, each, hash);
      this.waiting(key).delete(each);
    } catch (error) {
      errors.push(error as Error);
    }
  }

  /** Observes, judges, and writes the status if it is another and due; returns how long an unwritten one has to wait. */
  private async report(key: StackKey, live: Live, intent: Intent, applied: Applied): Promise<number> {
    const { cluster, clock } = this.options;
    const previous = statusIn(live);
    const agents = await this.agentsOf(key, live, intent);
    const seen = this.see(key, live, intent, applied, previous, agents);
    const now = new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
    const { inForce, inventory } = applied;
    const next = statusOf({ previous, seen, verdicts: judge(seen), inForce, inventory, now });
    const pace = this.paces.get(key);
    if (isDeepStrictEqual(next, previous)) {
      if (pace?.noticedAt !== undefined) this.paces.set(key, { ...pace, noticedAt: undefined });
      this.options.onStatus(key, previous);
      return 0;
    }
    const waitMs = waitBeforeWrite(previous, next, pace, clock.now());
    if (waitMs > 0) {
      this.paces.set(key, { writtenAt: pace?.writtenAt ?? -Infinity, noticedAt: pace?.noticedAt ?? clock.now() });
      return waitMs;
    }
    await cluster.patchStatus(refOf(live), next);
    this.paces.set(key, { writtenAt: clock.now(), noticedAt: undefined });
    this.options.onStatus(key, next);
    const about = { ...refOf(live), uid: live.metadata.uid };
    for (const event of transitions(previous.conditions ?? [], next.conditions ?? []))
      await cluster.event(about, event);
    return 0;
  }

  /** Asked also under a wrong or held back spec: what runs is still attached, or is not. */
  private async agentsOf(key: StackKey, live: Live, intent: Intent): Promise<readonly AgentSeen[]> {
    const { cluster, agents } = this.options;
    if (intent.kind === 'hold' && intent.state === 'Unmanaged') {
      agents.forget(key);
      return [];
    }
    const { name, namespace = '' } = live.metadata;
    return agents.expect(key, agentPods(cluster, { name, namespace }));
  }

  private see(
    key: StackKey,
    live: Live,
    intent: Intent,
    applied: Applied,
    previous: StackStatus,
    agents: readonly AgentSeen[],
  ): Observation {
    const { cluster, canaries } = this.options;
    const stack = { name: live.metadata.name, namespace: live.metadata.namespace ?? '' };
    const managementState = intent.kind === 'apply' ? 'Managed' : intent.state;
    const expected =
      intent.kind === 'apply' ? expectedOf(intent.plan) : expectedFromInventory(stack.name, applied.inventory);
    const { components, claims } = observe(cluster, stack, expected);
    const partial: Observation = {
      generation: live.metadata.generation ?? 0,
      managementState,
      problems: intent.kind === 'hold' ? intent.problems : [],
      unplanned: intent.kind === 'hold' ? intent.unplanned?.message : undefined,
      unknownFields: intent.unknownFields,
      refusals: applied.refusals,
      components,
      claims,
      agents,
      pipelines: (previous.pipelines ?? []) as Observation['pipelines'],
    };
    if (managementState === 'Unmanaged') {
      canaries.forget(key);
      return partial;
    }
    if (intent.kind === 'apply') {
      const way = plannedWay(intent.stack, intent.plan);
      return { ...partial, pipelines: canaries.expect(key, canaryTarget(cluster, stack, way, partial)) };
    }
    // What runs under a wrong or held back spec still carries signals, or does not.
    const known = canaries.known(key);
    if (known) return { ...partial, pipelines: known };
    const way = standingWay(cluster, stack, previous);
    if (way === undefined) return partial;
    return { ...partial, pipelines: canaries.expect(key, canaryTarget(cluster, stack, way, partial)) };
  }

  private forget(key: StackKey): Outcome {
    const uid = this.uids.get(key);
    if (uid !== undefined) {
      this.options.facts.forget(uid);
      this.options.plans.forget(uid);
    }
    this.options.canaries.forget(key);
    this.options.agents.forget(key);
    this.options.onGone(key);
    for (const memory of [this.paces, this.failing, this.toNudge, this.uids]) memory.delete(key);
    return { kind: 'done' };
  }
}

const statusIn = (live: Live): StackStatus => (live['status'] ?? {}) as StackStatus;
