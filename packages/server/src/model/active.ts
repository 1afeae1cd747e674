/**
 * The configuration in force, compiled: what the hot paths read. Immutable; a change makes a new one
 * with the next version, and a request is judged by exactly one.
 *
 * Built by `registry/`; ingest and delivery know only these types.
 */
import type { VerifyInput, VerifyResult } from "@ringdown/receiver";
import type { Target } from "./request.ts";

/** What filters, event types and order keys are evaluated on. Parsing is lazy and happens at most once. */
export type EventContext = {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: readonly string[];
  readonly body: Uint8Array;
  readonly source: string;
  readonly eventType: string;
  /** The body as JSON (or form fields); `undefined` when it is neither. Never throws. */
  json(): unknown;
};

/** What to do with a request that does not verify. */
export type FailedVerificationPolicy = "reject" | "quarantine" | "flag";

export type SourceResponse = {
  readonly status: number;
  readonly headers: readonly string[];
  /** Absent: a small JSON object with the request's id. */
  readonly body?: Uint8Array;
};

/** An immediate answer that a provider's handshake asks for, sent instead of the source's response. */
export type HandshakeAnswer = {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Uint8Array;
};

export type ActiveSource = {
  readonly no: number;
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  readonly enabled: boolean;
  readonly verify: (input: VerifyInput) => VerifyResult;
  readonly onFailed: FailedVerificationPolicy;
  /**
   * Whether somebody who does not verify may be answered a handshake: the provider signs none, or
   * shows the token agreed upon. Then `handshake` is asked before such a request is refused.
   */
  readonly asksUnverified: boolean;
  /** What a request that does not verify must be answered with, whatever becomes of it. */
  readonly refusedStatus?: number;
  /** Undefined when this request is not a handshake. Asked only after verification. */
  readonly handshake: (
    input: VerifyInput,
    result: VerifyResult,
    context: EventContext,
  ) => HandshakeAnswer | undefined;
  /** Whether a sender's address may post at all; absent: everyone. */
  readonly addressAllowed?: (address: string) => boolean;
  /** "" when unknown. Never throws. */
  readonly eventTypeOf: (input: VerifyInput, context: EventContext) => string;
  /** "" when there is none. Never throws. */
  readonly idempotencyKeyOf: (input: VerifyInput, context: EventContext) => string;
  /** 0: off. */
  readonly dedupeWindowMs: number;
  /** Absent: every method. */
  readonly methods?: ReadonlySet<string>;
  readonly bodyLimitBytes: number;
  /** Requests per second; absent: unlimited. */
  readonly ratePerSecond?: number;
  readonly response: SourceResponse;
  /** Lower-case names of the headers that prove the sender; they are void once the body is changed. */
  readonly proofHeaders?: readonly string[];
  /** In the order of the configuration. */
  readonly routes: readonly ActiveRoute[];
};

export type ActiveRoute = {
  readonly no: number;
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly destinationNo: number;
  readonly destinationName: string;
  /** The expression as written; absent: every event matches. */
  readonly when?: string;
  readonly matches: (context: EventContext) => MatchResult;
  /** `raw`: the received end-to-end headers go along. `body`: only the body and its content type. */
  readonly forward: "raw" | "body";
  /** Absent: the event goes on as it was received (I3). */
  readonly transform?: Transform;
  /** Absent: every event is delivered. */
  readonly debounce?: Debounce;
};

/** Of events of one route that follow closely on each other, only the newest is delivered. */
export type Debounce = {
  /** The burst ends when no further event has come for so long. */
  readonly waitMs: number;
  /** It ends this long after it began, whatever comes. */
  readonly maxMs: number;
  /** Absent: all events of the route are of one key. `undefined` or "" means: not debounced. */
  readonly keyOf?: (context: EventContext) => string | undefined;
};

/** Never throws. `known` is what the event is called by the time it is delivered. */
export type Transform = (context: EventContext, known: EventNames) => TransformResult;

export type EventNames = {
  readonly eventId: string;
  /** RFC 3339, when it was received. */
  readonly eventTime: string;
};

/** What a transformation sets; everything absent stays as it would be without it. */
export type Transformed = {
  readonly kind: "transformed";
  readonly method?: string;
  /** In place of what came behind the source's URL, encoded; "" or starting with "/". */
  readonly path?: string;
  /** Without the question mark, encoded. */
  readonly query?: string;
  /** Name, value, …; checked: they can be sent. */
  readonly headers: readonly string[];
  /** Always there with a body. */
  readonly contentType?: string;
  readonly body?: Uint8Array;
};

/** `reason` is a sentence that says which part could not be evaluated, and why. */
export type TransformResult = Transformed | { readonly kind: "failed"; readonly reason: string };

export type MatchResult =
  | { readonly matched: true }
  /** `reason` is a sentence: what the expression was false about, or what it could not evaluate. */
  | { readonly matched: false; readonly kind: "filtered" | "error"; readonly reason: string };

export type EventSigner = (event: {
  readonly id: string;
  readonly timestampS: number;
  readonly body: Uint8Array;
}) => string;

export type ActiveDestination = {
  readonly no: number;
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly url: URL;
  /** Appended to the URL's path when the request had one below its source. */
  readonly appendPath: boolean;
  /** Absent: the method of the request, or POST for GET and HEAD requests. */
  readonly method?: string;
  /** Set on every attempt, replacing same-named ones: name, value, … */
  readonly headers: readonly string[];
  readonly allowPrivate: boolean;
  /** The value of `webhook-signature`; absent: attempts are not signed. */
  readonly sign?: EventSigner;
  /** Waits between attempts in milliseconds; n waits allow n + 1 attempts. */
  readonly schedule: readonly number[];
  readonly limits: {
    readonly connectMs: number;
    readonly headersMs: number;
    readonly totalMs: number;
  };
  /** Upper bound of attempts in flight; the engine adapts below it. */
  readonly maxConcurrency: number;
  /** Attempts per second; absent: unlimited. */
  readonly ratePerSecond?: number;
  /** Deliveries with the same key are strictly one after the other; undefined or "" means no order. */
  readonly orderKeyOf?: (context: EventContext) => string | undefined;
  /** Whether the circuit may open. */
  readonly circuit: boolean;
  /** Some route that leads here debounces. */
  readonly debounced?: true;
  /** Whether an answer means success. Absent: every 2xx does. Never throws. */
  readonly accepts?: (answer: DestinationAnswer) => MatchResult;
};

/** What a destination answered, as far as it was kept. */
export type DestinationAnswer = {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Uint8Array;
  /** There was more of the body than was kept. */
  readonly truncated: boolean;
};

export type ActiveConfig = {
  readonly version: number;
  readonly sourcesByName: ReadonlyMap<string, ActiveSource>;
  readonly sourcesByNo: ReadonlyMap<number, ActiveSource>;
  readonly destinationsByNo: ReadonlyMap<number, ActiveDestination>;
  readonly routesByNo: ReadonlyMap<number, ActiveRoute>;
};

/** The decision about one route, for the event's targets and for the trace. */
export type RouteDecision = { readonly route: ActiveRoute } & (
  | { readonly decision: "matched" }
  | { readonly decision: "filtered" | "error"; readonly reason: string }
  | { readonly decision: "disabled" }
  /** An earlier route leads to the same destination. */
  | { readonly decision: "already_routed"; readonly by: string }
);

export type RoutingResult = {
  readonly targets: readonly Target[];
  readonly decisions: readonly RouteDecision[];
};
