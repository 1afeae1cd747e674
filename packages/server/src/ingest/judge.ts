/**
 * Decides what a received request is, before anything is stored: verified or not, of which type,
 * under which key, for which destinations. Pure; the ingest component performs the decision.
 *
 * Order matters: the signature is judged on the raw bytes first (I4); only a request that passed is
 * ever parsed for its type, its key and its routes, so a forged one can neither poison
 * de-duplication nor cost a parse.
 *
 * Cost: the verification, plus one JSON parse if the provider, a filter or an expression needs it.
 */
import { createHash } from "node:crypto";
import type { HeaderLookup, VerifyInput, VerifyResult } from "@ringdown/receiver";
import type { ActiveSource, EventContext, HandshakeAnswer } from "../model/active.ts";
import type { NewRequest, RejectionCause, Target, Verification } from "../model/request.ts";
import { createEventContext } from "../routing/event-context.ts";
import { matchRoutes } from "../routing/match-routes.ts";
import { IDEMPOTENCY_KEY_LIMIT_BYTES } from "../storage/codec.ts";

/** A request read off the wire, not yet judged. */
export type ReceivedRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly rawHeaders: readonly string[];
  readonly headers: HeaderLookup;
  readonly body: Uint8Array;
  readonly remoteAddress: string;
  readonly receivedAtMs: number;
  /** The public URL of the source with this path and query: what providers sign. */
  readonly url: string;
};

export type Judgement = {
  readonly request: NewRequest;
  /** The provider's handshake is answered with this instead of the source's response. */
  readonly handshake?: HandshakeAnswer;
  /** Anybody may ask for this handshake as often as they like: it is kept at the rate of refusals. */
  readonly unverified?: true;
};

/** The status that a refused request is answered with. */
export const REJECTION_STATUS: Readonly<Record<RejectionCause, number>> = {
  verification_failed: 401,
  timestamp_out_of_tolerance: 401,
  source_disabled: 403,
  method_not_allowed: 405,
  body_too_large: 413,
  address_not_allowed: 403,
  rate_limited: 429,
};

const UNVERIFIED: Verification = { status: "unverified" };

export function judge(
  source: ActiveSource,
  received: ReceivedRequest,
  configVersion: number,
): Judgement {
  const cause = refusalBeforeVerification(source, received);
  if (cause !== undefined)
    return { request: refuse({ source, received, configVersion }, cause, UNVERIFIED) };

  const input: VerifyInput = {
    method: received.method,
    url: received.url,
    headers: received.headers,
    body: received.body,
    nowMs: received.receivedAtMs,
    remoteAddress: received.remoteAddress,
  };
  const result = source.verify(input);
  if (result.status === "failed" && source.onFailed !== "flag") {
    const asked = source.asksUnverified
      ? askUnverified({ source, received, configVersion }, input, result)
      : undefined;
    if (asked !== undefined) return asked;
    return {
      request: refuse(
        { source, received, configVersion },
        causeOf(result),
        toVerification(result),
        source.onFailed,
      ),
    };
  }
  return accept({ source, received, configVersion }, input, result);
}

/**
 * A handshake that the provider does not sign. It is kept as what it is, unverified, and goes nowhere;
 * the guards are the provider's (packages/receiver/src/events/handshake.ts).
 */
function askUnverified(
  subject: Subject,
  input: VerifyInput,
  result: VerifyResult,
): Judgement | undefined {
  const handshake = subject.source.handshake(input, result, contextOf(subject));
  if (handshake === undefined) return undefined;
  const request: NewRequest = {
    ...base(subject, UNVERIFIED),
    outcome: "accepted",
    eventType: "",
    idempotencyKey: "",
    dedupeWindowMs: 0,
    targets: NO_TARGETS,
  };
  return { request, handshake, unverified: true };
}

type Subject = {
  readonly source: ActiveSource;
  readonly received: ReceivedRequest;
  readonly configVersion: number;
};

function refusalBeforeVerification(
  source: ActiveSource,
  received: ReceivedRequest,
): RejectionCause | undefined {
  if (!source.enabled) return "source_disabled";
  if (source.addressAllowed?.(received.remoteAddress) === false) return "address_not_allowed";
  // Nothing would ever be delivered by it: an answer to TRACE echoes credentials (outbound.ts).
  if (received.method === "TRACE" || source.methods?.has(received.method) === false)
    return "method_not_allowed";
  return undefined;
}

function causeOf(result: VerifyResult & { status: "failed" }): RejectionCause {
  switch (result.reason) {
    case "timestamp_too_old":
    case "timestamp_in_future":
      return "timestamp_out_of_tolerance";
    case "address_not_allowed":
      return "address_not_allowed";
    default:
      return "verification_failed";
  }
}

function contextOf({ source, received }: Subject): EventContext {
  return createEventContext({
    method: received.method,
    path: received.path,
    query: received.query,
    headers: received.rawHeaders,
    body: received.body,
    source: source.name,
    eventType: "",
  });
}

function accept(subject: Subject, input: VerifyInput, result: VerifyResult): Judgement {
  const { source } = subject;
  const context = contextOf(subject);
  const eventType = source.eventTypeOf(input, context);
  const typed = eventType === "" ? context : withEventType(context, eventType);
  const handshake = source.handshake(input, result, typed);
  // A handshake is between the provider and us: it is kept, and goes nowhere.
  const targets = handshake === undefined ? matchRoutes(source, typed).targets : [];
  // A request that only passed because failures are flagged must not claim a key (I4).
  const mayClaimKey = result.status !== "failed" && source.dedupeWindowMs > 0;
  const request: NewRequest = {
    ...base(subject, toVerification(result)),
    outcome: "accepted",
    eventType,
    idempotencyKey: mayClaimKey ? boundedKey(source.idempotencyKeyOf(input, typed)) : "",
    dedupeWindowMs: source.dedupeWindowMs,
    targets,
  };
  return handshake === undefined ? { request } : { request, handshake };
}

/** The request as it is stored when it is refused; also for refusals before the body was read. */
export function refuse(
  subject: Subject,
  cause: RejectionCause,
  ...[verification, policy]: [Verification, ActiveSource["onFailed"]?]
): NewRequest {
  return {
    ...base(subject, verification),
    outcome: policy === "quarantine" ? "quarantined" : "rejected",
    cause,
    eventType: "",
    idempotencyKey: "",
    dedupeWindowMs: 0,
    targets: NO_TARGETS,
  };
}

const NO_TARGETS: readonly Target[] = [];

function base({ source, received, configVersion }: Subject, verification: Verification) {
  return {
    receivedAtMs: received.receivedAtMs,
    sourceNo: source.no,
    method: received.method,
    path: received.path,
    query: received.query,
    headers: received.rawHeaders,
    remoteAddress: received.remoteAddress,
    body: received.body,
    verification,
    configVersion,
  };
}

function withEventType(context: EventContext, eventType: string): EventContext {
  return { ...context, eventType };
}

/** What keys of our own begin with. */
export const RESERVED_KEY_START = "\u0000";

/**
 * Longer keys are as good as their hash; so are those that look like one of our own; so are keys that are not well-formed text, which would become
 * the same key as others when written as UTF-8.
 */
function boundedKey(key: string): string {
  const isShort =
    key.length * 3 <= IDEMPOTENCY_KEY_LIMIT_BYTES ||
    Buffer.byteLength(key) <= IDEMPOTENCY_KEY_LIMIT_BYTES;
  if (isShort && key.isWellFormed() && !key.startsWith(RESERVED_KEY_START)) return key;
  return `sha256:${createHash("sha256").update(Buffer.from(key, "utf16le")).digest("hex")}`;
}

export function toVerification(result: VerifyResult): Verification {
  switch (result.status) {
    case "unverified":
      return UNVERIFIED;
    case "failed": {
      const { status, reason, message, hint } = result;
      return result.ageMs === undefined
        ? { status, reason, message, hint }
        : { status, reason, message, hint, ageMs: result.ageMs };
    }
    case "verified":
    case "authenticated": {
      const { status, secretIndex } = result;
      return result.ageMs === undefined
        ? { status, secretIndex }
        : { status, secretIndex, ageMs: result.ageMs };
    }
  }
}
