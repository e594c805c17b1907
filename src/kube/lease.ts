import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { Conflict, NotFound } from './errors.ts';
import type { Live } from './resource.ts';
import type { Rest } from './rest.ts';

export interface LeaseOptions {
  readonly rest: Pick<Rest, 'request'>;
  readonly namespace: string;
  readonly name: string;
  /** Unique to this process. */
  readonly identity: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Others wait this long after the last renewal they saw; milliseconds. */
  readonly durationMs?: number;
  /** The holder stops writing this long after its own last renewal; milliseconds, below `durationMs`. */
  readonly renewDeadlineMs?: number;
  readonly retryMs?: number;
}

interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}
type LeaseObject = Live & { readonly spec?: LeaseSpec };

/**
 * One leader among replicas, by a coordination.k8s.io Lease. The holder trusts its lease only for `renewDeadlineMs` from
 * the moment it *sent* the last renewal that succeeded; others take it `durationMs` after they *saw* the last change.
 * Neither looks at the other's clock.
 */
export class Lease {
  private readonly options: LeaseOptions;
  private readonly path: string;
  private readonly collection: string;
  private readonly durationMs: number;
  private readonly renewDeadlineMs: number;
  private readonly retryMs: number;
  private trustedUntil = -Infinity;
  private seen: { readonly version: string; readonly at: number } | undefined;
  private current: LeaseObject | undefined;

  constructor(options: LeaseOptions) {
    this.options = options;
    this.collection = `/apis/coordination.k8s.io/v1/namespaces/${options.namespace}/leases`;
    this.path = `${this.collection}/${options.name}`;
    this.durationMs = options.durationMs ?? 15_000;
    this.renewDeadlineMs = options.renewDeadlineMs ?? 10_000;
    this.retryMs = options.retryMs ?? 2_000;
  }

  /** True while no other replica can hold the lease; false as soon as one might. */
  holding(): boolean {
    return this.options.clock.now() < this.trustedUntil;
  }

  /** Who holds the lease, as far as this process saw; empty if nobody. */
  holder(): string {
    return this.current?.spec?.holderIdentity ?? '';
  }

  /** Waits for the lease; resolves true once it is held, false if the signal aborts first. */
  async acquire(signal: AbortSignal): Promise<boolean> {
    const { clock, log, random, name, identity } = this.options;
    while (!signal.aborted) {
      await this.attempt(signal).catch((error: unknown) => log.warn({ err: error, lease: name }, 'lease not readable'));
      if (this.holding()) {
        log.info({ lease: name, identity }, 'lease acquired');
        return true;
      }
      // Twice as often as the holder renews: what is given up is taken within a second or so.
      await clock.sleep((this.retryMs / 2) * (0.9 + random() / 5), signal);
    }
    return false;
  }

  /** Keeps the lease, once acquired, until it is lost (resolves) or the signal aborts (resolves without giving it up). */
  async keep(signal: AbortSignal): Promise<void> {
    const { clock, log, name } = this.options;
    while (!signal.aborted && this.holding()) {
      await clock.sleep(Math.min(this.retryMs, Math.max(0, this.trustedUntil - clock.now())), signal);
      if (signal.aborted) return;
      await this.attempt(signal).catch((error: unknown) => log.warn({ err: error, lease: name }, 'lease not renewed'));
      if (this.holder() !== this.options.identity) this.trustedUntil = -Infinity;
    }
    if (!signal.aborted) log.error({ lease: name }, 'lease lost');
  }

  /** Gives the lease up at once, so that another replica need not wait. Call it when nothing writes any more. */
  async release(): Promise<void> {
    this.trustedUntil = -Infinity;
    const signal = AbortSignal.timeout(2_000);
    try {
      await this.giveUp(signal).catch(async (error: unknown) => {
        // The last renewal may have been cut off after the server took it.
        if (!(error instanceof Conflict)) throw error;
        await this.read(signal);
        await this.giveUp(signal);
      });
    } catch (error) {
      this.options.log.warn({ err: error, lease: this.options.name }, 'lease not released; it expires by itself');
    }
  }

  private async giveUp(signal: AbortSignal): Promise<void> {
    const held = this.current;
    if (held?.spec?.holderIdentity !== this.options.identity) return;
    const spec = { ...held.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: this.stamp() };
    await this.put({ ...held, spec }, signal);
  }

  private async attempt(signal: AbortSignal): Promise<void> {
    const sentAt = this.options.clock.now();
    try {
      // The holder knows the version it wrote; reading before each renewal would double the requests.
      const lease = this.holder() === this.options.identity ? this.current : await this.read(signal);
      if (lease === undefined) await this.create(signal);
      else if (this.mayTake(lease)) await this.put(this.renewed(lease), signal);
      else return;
      this.trustedUntil = sentAt + this.renewDeadlineMs;
    } catch (error) {
      // Somebody else was first: look again before judging.
      if (!(error instanceof Conflict) && !(error instanceof NotFound)) throw error;
      await this.read(signal);
    }
  }

  private mayTake(lease: LeaseObject): boolean {
    const holder = lease.spec?.holderIdentity ?? '';
    if (holder === '' || holder === this.options.identity) return true;
    const lastsMs = (lease.spec?.leaseDurationSeconds ?? this.durationMs / 1000) * 1000;
    return this.options.clock.now() >= this.seen!.at + lastsMs;
  }

  private renewed(lease: LeaseObject): LeaseObject {
    const ours = lease.spec?.holderIdentity === this.options.identity;
    const acquireTime = ours ? lease.spec.acquireTime! : this.stamp();
    const leaseTransitions = (lease.spec?.leaseTransitions ?? 0) + (ours ? 0 : 1);
    return { ...lease, spec: { ...this.spec(), acquireTime, leaseTransitions } };
  }

  private spec(): LeaseSpec {
    const leaseDurationSeconds = Math.ceil(this.durationMs / 1000);
    return { holderIdentity: this.options.identity, leaseDurationSeconds, renewTime: this.stamp() };
  }

  private stamp(): string {
    // The API wants microseconds.
    return new Date(this.options.clock.now()).toISOString().replace('Z', '000Z');
  }

  private async read(signal: AbortSignal): Promise<LeaseObject | undefined> {
    try {
      return this.note((await this.send('GET', this.path, undefined, signal)).body as LeaseObject);
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
      this.current = undefined;
      return undefined;
    }
  }

  private async create(signal: AbortSignal): Promise<void> {
    const metadata = { name: this.options.name, namespace: this.options.namespace };
    const spec = { ...this.spec(), acquireTime: this.stamp(), leaseTransitions: 0 };
    const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
    this.note((await this.send('POST', this.collection, body, signal)).body as LeaseObject);
  }

  private async put(lease: LeaseObject, signal: AbortSignal): Promise<void> {
    this.note((await this.send('PUT', this.path, lease, signal)).body as LeaseObject);
  }

  private send(method: 'GET' | 'POST' | 'PUT', path: string, body: unknown, signal: AbortSignal) {
    const timeoutMs = this.renewDeadlineMs / 2;
    return this.options.rest.request(method, path, { body, signal, timeoutMs, urgent: true });
  }

  private note(lease: LeaseObject): LeaseObject {
    if (this.seen?.version !== lease.metadata.resourceVersion)
      this.seen = { version: lease.metadata.resourceVersion, at: this.options.clock.now() };
    this.current = lease;
    return lease;
  }
}
