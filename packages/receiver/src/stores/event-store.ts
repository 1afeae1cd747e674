/**
 * The port to whatever remembers which events were worked on.
 *
 * A key goes through two states and back to none:
 *
 *     none ──claim──▶ claimed ──complete──▶ completed ──(keepMs)──▶ none
 *                        └──release, or (leaseMs)──▶ none
 *
 * The lease is for programs that die while they work: the event is free again when it ends. It is
 * also why a claim carries a token: whoever took longer than its lease must not release what another
 * one has claimed since. Completing needs no right token, because the work has been done.
 *
 * Guarantee: of any number of simultaneous claims of one key, in any number of processes, exactly one
 * is told "claimed". `tests/stores/event-store.suite.ts` is this contract as tests.
 */

export type EventClaim = {
  /** At most 4 KiB, without control characters. */
  readonly key: string;
  /** Made anew for every claim. */
  readonly token: string;
};

/**
 * `claimed`: it is yours now. `busy`: another one works on it. `completed`: somebody has completed
 * it.
 */
export type ClaimOutcome = "claimed" | "busy" | "completed";

export type EventStore = {
  /** Atomic. A claim ends by itself after `leaseMs`. */
  readonly claim: (claim: EventClaim, leaseMs: number) => Promise<ClaimOutcome>;
  /** Remembers for `keepMs` that the event was worked on, whoever holds the claim by now. */
  readonly complete: (claim: EventClaim, keepMs: number) => Promise<void>;
  /** Makes the key free, if this claim still holds it. */
  readonly release: (claim: EventClaim) => Promise<void>;
};
