const burstNs = 1_000_000_000n;

/** The kernel's cap on kept exchanges (bpf/include/exchange.h, `policy_has_room`): a leaky bucket one second deep per service. */
export class KeptLimit {
  /** When the bucket of a service is level again, monotonic. */
  readonly #nextNs = new Map<number, bigint>();

  /** Takes one exchange in, if there is room. `perSecond` 0: there always is. */
  hasRoom(serviceId: number, perSecond: number, nowNs: bigint): boolean {
    if (perSecond === 0) return true;
    const next = this.#nextNs.get(serviceId) ?? 0n;
    if (next > nowNs) return false;
    const from = next + burstNs < nowNs ? nowNs - burstNs : next;
    this.#nextNs.set(serviceId, from + BigInt(Math.round(1e9 / perSecond)));
    return true;
  }

  forget(serviceId: number): void {
    this.#nextNs.delete(serviceId);
  }
}
