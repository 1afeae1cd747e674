/**
 * A replay makes new deliveries from stored events: of some events by id, or of everything that
 * matches a filter. It runs in the background at a bounded pace, survives a restart, and can be
 * cancelled; what it has made so far stays.
 *
 *   running ──▶ done
 *      ├──(a person)──▶ cancelled
 *      └──(an error that will not pass)──▶ failed
 *
 * The API commands through the `Replays` port; `replay/` implements it.
 */
import type { DeliveryState } from "./delivery.ts";

/** Which events to replay. Absent fields do not restrict. */
export type ReplayFilter = {
  readonly sourceNo?: number;
  readonly eventType?: string;
  /** Received at or after. */
  readonly fromMs?: number;
  /** Received before. */
  readonly toMs?: number;
  /** Only events that matched no route. */
  readonly unmatched?: true;
  /** Only events that have a delivery to this destination. */
  readonly hadDestinationNo?: number;
  /** Only deliveries in one of these states are made again, and only events that have one. */
  readonly deliveryStates?: readonly Exclude<DeliveryState, "pending">[];
};

export type ReplaySelection =
  | { readonly kind: "events"; readonly sequences: readonly number[] }
  | { readonly kind: "filter"; readonly filter: ReplayFilter };

/**
 * Where the new deliveries lead.
 *
 * original: where the event was routed when it was received (with `deliveryStates` or
 * `hadDestinationNo`: only those of its deliveries). current: where the routes of today lead, for
 * events that came before their route. destination: this one, whatever the routes say.
 */
export type ReplayAim =
  | { readonly kind: "original" }
  | { readonly kind: "current" }
  | { readonly kind: "destination"; readonly destinationNo: number };

export type ReplaySpec = {
  readonly selection: ReplaySelection;
  readonly aim: ReplayAim;
  /** New deliveries per second; absent: as fast as the destinations take them. */
  readonly ratePerSecond?: number;
};

/** What a replay would do, without doing it. */
export type ReplayPlan = {
  /** Events selected. */
  readonly eventCount: number;
  /** Deliveries that would be made. */
  readonly deliveryCount: number;
  /** Deliveries that would not, by reason: `destination_deleted`, `too_many_replays`, `unmatched`. */
  readonly skipped: Readonly<Record<string, number>>;
};

export type ReplayState = "running" | "done" | "cancelled" | "failed";

export type Replay = ReplayPlan & {
  /** `op_…` */
  readonly id: string;
  readonly state: ReplayState;
  readonly spec: ReplaySpec;
  /** Deliveries made so far, of `deliveryCount`. */
  readonly madeCount: number;
  /** Why it failed. */
  readonly cause?: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
};

export type Replays = {
  /** Counts only; touches nothing. */
  plan(spec: ReplaySpec): Promise<ReplayPlan>;
  /** Resolves once the replay is durable; it goes on in the background. @throws state_conflict */
  create(spec: ReplaySpec): Promise<Replay>;
  /** Newest first. */
  list(): readonly Replay[];
  get(id: string): Replay | undefined;
  /** Stops making further deliveries. @throws not_found, state_conflict */
  cancel(id: string): Promise<Replay>;
};
