/**
 * A delivery is the obligation to bring one event to one destination.
 *
 *   pending ──▶ delivering ──▶ delivered
 *      ▲             │ failed, waits left        pending with a due time
 *      └─────────────┘ failed, no waits left ──▶ dead ──(manual retry)──▶ pending
 *   pending | dead ──(a person)──▶ cancelled
 *   pending ──(a newer event of its burst)──▶ cancelled: superseded
 *   pending of a paused destination is shown as held
 *
 * Most deliveries never have a row: one that succeeds at once is implied by its event's targets, the
 * lane's cursor and its attempt. A `DeliveryRow` exists from the first remarkable thing on: a failed
 * attempt, a replay, a cancellation, a wait for the end of its burst (`debounce`).
 */

export type DeliveryState = "pending" | "delivered" | "dead" | "cancelled";

/** What the API shows; `delivering` and `held` are derived, never stored. */
export type ShownDeliveryState = DeliveryState | "delivering" | "held";

/** Which delivery: of which event, to which destination; replays count up the ordinal. */
export type DeliveryKey = {
  readonly sequence: number;
  readonly destinationNo: number;
  readonly ordinal: number;
};

export type DeliveryRow = DeliveryKey & {
  readonly state: DeliveryState;
  /** Attempts that count against the schedule. */
  readonly attemptCount: number;
  /** All attempts made, probes included: the number of the last one. */
  readonly lastAttemptNumber: number;
  /** When the next attempt is due; absent unless pending, and while it waits behind its order key. */
  readonly dueAtMs?: number;
  /** Why it is dead, cancelled, being retried or made to wait. */
  readonly cause?: string;
  /** Deliveries of one destination with the same key are delivered one after the other. */
  readonly orderKey?: string;
  /**
   * It waits for its burst to end, which began then; its order key is that of the burst. Both are
   * gone with its first attempt.
   */
  readonly burstSinceMs?: number;
  /** The next attempt was asked for by a person and needs no waits left. */
  readonly manual?: true;
  /** The operation that made it, for replays. */
  readonly replayId?: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
};

/** Why an attempt failed (I7); statuses are `status_<code>` groups shown with the number itself. */
export const FAILURE_CAUSES = {
  dns: "The host name could not be resolved.",
  connect: "No connection could be made.",
  tls: "The TLS handshake failed or the certificate was refused.",
  timeout_connect: "No connection within the connect limit.",
  timeout_headers: "No answer within the header limit.",
  timeout_total: "The exchange did not end within the total limit.",
  reset: "The connection broke before a whole answer.",
  protocol: "The answer was not valid HTTP, or its headers were too large.",
  blocked_address: "The address is not allowed by the address guard.",
  invalid_request: "The request could not be built from this event and destination.",
  transform_failed: "The route's transformation could not be evaluated for this event.",
  redirect: "The destination answered with a redirect; redirects are never followed.",
  status_4xx: "The destination refused the event.",
  status_410: "The destination says it is gone.",
  status_429: "The destination asked for fewer requests.",
  status_5xx: "The destination failed.",
  status_other: "The destination answered with an unexpected status.",
  answer_not_accepted: "The answer does not satisfy the destination's success condition.",
  aborted: "The gateway stopped before an answer.",
} as const;

export type FailureCause = keyof typeof FAILURE_CAUSES;

/** Why a delivery ended without being delivered, besides the last failure. */
export const END_CAUSES = {
  retries_exhausted: "Every attempt of the retry schedule failed.",
  cancelled_by_request: "Somebody cancelled it.",
  destination_deleted: "Its destination was deleted.",
  superseded: "A newer event of the same burst is delivered in its place.",
} as const;

/** Why a delivery waits before its first attempt. */
export const WAIT_CAUSES = {
  debounced: "It waits for its burst to end; a newer event of the burst would take its place.",
} as const;

export type AttemptTrigger = "initial" | "retry" | "manual" | "probe" | "replay";

/** One exchange made for a delivery. */
export type AttemptRecord = DeliveryKey & {
  /** Counted from 1. */
  readonly number: number;
  readonly trigger: AttemptTrigger;
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly outcome: "success" | "failure";
  readonly cause?: FailureCause;
  /** A sentence for people: the resolver's, the socket's or the parser's own words. */
  readonly detail?: string;
  readonly status?: number;
  /** Name, value, … as received; kept for failures only. */
  readonly responseHeaders?: readonly string[];
  /** The first bytes of the response body. */
  readonly responseBody?: Uint8Array;
  readonly responseTruncated?: true;
  readonly remoteAddress?: string;
};

/**
 * How far a destination has got: everything up to `cursor` is settled or has a row, and so is what
 * `settled` lists beyond it. What comes after and names the destination as a target is waiting.
 */
export type LaneCheckpoint = {
  readonly destinationNo: number;
  readonly cursor: number;
  /** Ascending sequences above the cursor. */
  readonly settled: readonly number[];
};
