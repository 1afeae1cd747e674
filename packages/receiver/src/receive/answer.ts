/**
 * Which HTTP answer each outcome gets.
 *
 * The rule behind the table: a 2xx only when the event needs no further request, and a 5xx wherever
 * the provider has to try again. Many providers take a 4xx for a final refusal, so a request that
 * merely comes too early (the same event is being worked on, the store is away) must not get one,
 * or its event could be lost.
 *
 * Bodies are one word or code for whoever looks into the provider's log of deliveries. They repeat
 * nothing from the request and nothing secret.
 */
import type { ReceiveOutcome } from "./outcome.ts";

export type Answer = {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** "close": bytes of the body may still be coming, and nobody will read them. */
  readonly connection: "keep" | "close";
  /**
   * What goes on after the answer, where events are acknowledged before they are worked on. Platforms
   * that stop the program once it has answered have to be told to wait for it. Never rejects.
   */
  readonly background?: Promise<void>;
};

/** A provider that honours Retry-After comes back this soon. */
const RETRY_AFTER_S = 10;

const RETRY: readonly [string, string] = ["retry-after", String(RETRY_AFTER_S)];

const encoder = new TextEncoder();

type Kind = ReceiveOutcome["kind"];

/** Outcomes whose answer is a status and their own name. */
const STATUSES = {
  accepted: 200,
  duplicate: 200,
  body_aborted: 400,
  body_timed_out: 408,
  body_too_large: 413,
  failed: 500,
  internal_error: 500,
  in_progress: 503,
  overloaded: 503,
  store_failed: 503,
} as const satisfies Partial<Record<Kind, number>>;

/** After these the rest of the body may still be coming. */
const CLOSING: readonly Kind[] = ["body_aborted", "body_timed_out", "body_too_large"];

export function answerTo(outcome: ReceiveOutcome): Answer {
  switch (outcome.kind) {
    case "handshake":
      return {
        status: outcome.answer.status,
        headers: [...pairsOf(outcome.answer.headers), ["cache-control", "no-store"]],
        body: outcome.answer.body,
        connection: "keep",
      };
    case "rejected":
      return rejection(outcome);
    case "body_consumed":
      return text(500, outcome.error.code);
    case "method_not_allowed":
      return text(405, outcome.kind, [["allow", outcome.allow.join(", ")]]);
    default: {
      const status = STATUSES[outcome.kind];
      const answer = text(status, outcome.kind, status === 503 ? [RETRY] : []);
      return CLOSING.includes(outcome.kind) ? { ...answer, connection: "close" } : answer;
    }
  }
}

function rejection(outcome: Extract<ReceiveOutcome, { kind: "rejected" }>): Answer {
  const { check, failure } = outcome;
  if (failure.reason === "address_not_allowed") return text(403, failure.reason);
  // Some senders send their credentials only when asked (RFC 9110 section 11.6.1).
  const challenge: readonly [string, string] = ["www-authenticate", 'Basic realm="webhooks"'];
  return text(401, failure.reason, check === "basic_auth" ? [challenge] : []);
}

function text(
  status: number,
  word: string,
  headers: readonly (readonly [string, string])[] = [],
): Answer {
  return {
    status,
    headers: [
      ["content-type", "text/plain; charset=utf-8"],
      ["x-content-type-options", "nosniff"],
      ["cache-control", "no-store"],
      ...headers,
    ],
    body: encoder.encode(word),
    connection: "keep",
  };
}

/** Name, value, name, value … as pairs. */
function pairsOf(flat: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    pairs.push([flat[index] as string, flat[index + 1] as string]);
  }
  return pairs;
}
