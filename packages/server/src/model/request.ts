/**
 * A request as it was received, and the event it may have become. They are one stored record: an
 * accepted request *is* its event, so nothing has to be kept in step.
 *
 * `body` and `headers` are the bytes and the order that came over the wire (I3); nothing here is
 * decoded, merged or lower-cased.
 */

/** Why a request was refused (I7). One spelling in JSON, storage, metrics and documentation. */
export const REJECTION_CAUSES = {
  verification_failed: "The signature or the credentials did not verify.",
  timestamp_out_of_tolerance: "The signed timestamp is too old or in the future.",
  source_disabled: "The source is disabled.",
  method_not_allowed: "The source does not accept this method.",
  body_too_large: "The body is larger than the source's limit.",
  address_not_allowed: "The sender's address is not on the source's allow list.",
  rate_limited: "The source's rate limit was exceeded.",
} as const;

export type RejectionCause = keyof typeof REJECTION_CAUSES;

/**
 * accepted: became an event. duplicate: the same idempotency key came before, within the window.
 * rejected: refused with a cause. quarantined: did not verify, kept until released.
 */
export type RequestOutcome = "accepted" | "duplicate" | "rejected" | "quarantined";

/** What verification found. `authenticated` is a matching credential that does not cover the body. */
export type Verification = {
  readonly status: "verified" | "authenticated" | "failed" | "unverified";
  /** Typed reason when failed (the receiver's reasons). */
  readonly reason?: string;
  readonly message?: string;
  readonly hint?: string;
  /** Which of the source's secrets matched, counted from 0. */
  readonly secretIndex?: number;
  /** Age of the signed timestamp. */
  readonly ageMs?: number;
};

/** An event is delivered to each destination at most once, by the first route that leads there. */
export type Target = { readonly routeNo: number; readonly destinationNo: number };

/** A request on its way into the store. */
export type NewRequest = {
  readonly receivedAtMs: number;
  readonly sourceNo: number;
  readonly method: string;
  /** What came after `/in/<source>`, still percent-encoded; "" or starting with "/". */
  readonly path: string;
  /** Without the question mark, still encoded. */
  readonly query: string;
  /** Name, value, name, value … as received. */
  readonly headers: readonly string[];
  readonly remoteAddress: string;
  readonly body: Uint8Array;
  readonly outcome: Exclude<RequestOutcome, "duplicate">;
  readonly cause?: RejectionCause;
  readonly verification: Verification;
  /** "" when the provider names none. */
  readonly eventType: string;
  /** "" when there is none: such a request is never a duplicate. */
  readonly idempotencyKey: string;
  /** How long the key counts; 0 switches de-duplication off. */
  readonly dedupeWindowMs: number;
  /** Empty for an accepted request means unmatched. */
  readonly targets: readonly Target[];
  /** The configuration in force when it was received. */
  readonly configVersion: number;
  /** The quarantined or conflicting request that this one releases. */
  readonly releases?: number;
};

/** A request in the store. `sequence` orders everything that was stored, without gaps that matter. */
export type StoredRequest = Omit<NewRequest, "outcome" | "dedupeWindowMs"> & {
  readonly sequence: number;
  readonly outcome: RequestOutcome;
  /** The event whose key it repeats. */
  readonly duplicateOf?: number;
  /** A duplicate key, but another body: kept, not delivered, flagged. */
  readonly conflict?: true;
};
