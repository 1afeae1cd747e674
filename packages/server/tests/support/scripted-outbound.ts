/**
 * The outbound port as a script: a test says how a destination answers, and sees what was sent when.
 * Time is the test's clock; like the real one, it never calls back before `send` has returned.
 */
import type {
  Outbound,
  OutboundFailed,
  OutboundRequest,
  OutboundResponse,
  OutboundResult,
} from "../../src/outbound/index.ts";
import { parseDeliveryId } from "../../src/model/ids.ts";
import type { Clock } from "../../src/support/clock.ts";

/** How an exchange goes. `hang`: no answer until the total limit. */
export type Reply =
  | {
      readonly status: number;
      readonly afterMs?: number;
      readonly retryAfter?: string;
      readonly body?: string;
    }
  | { readonly cause: OutboundFailed["cause"]; readonly afterMs?: number }
  | "hang";

export type Sent = {
  readonly request: OutboundRequest;
  readonly sequence: number;
  readonly destinationNo: number;
  readonly ordinal: number;
  /** The number of the attempt. */
  readonly number: number;
  readonly atMs: number;
  /** Absent while it is under way. */
  outcome?: "success" | "failure" | "aborted";
  endedAtMs?: number;
};

export type ScriptedOutbound = Pick<Outbound, "send"> & {
  readonly sent: Sent[];
  /** Exchanges under way. */
  inFlight(destinationNo?: number): number;
};

const timings = { dnsMs: undefined, connectMs: undefined, firstByteMs: undefined, totalMs: 0 };
const facts = { timings, remoteAddress: "127.0.0.1", resent: false };

export function createScriptedOutbound(
  clock: Clock,
  replyTo: (sent: Sent) => Reply,
): ScriptedOutbound {
  const sent: Sent[] = [];
  const live = new Set<Sent>();

  return {
    sent,
    inFlight: (destinationNo) =>
      [...live].filter(
        (each) => destinationNo === undefined || each.destinationNo === destinationNo,
      ).length,
    send(request, done) {
      const exchange: Sent = { request, ...addressOf(request), atMs: clock.monotonicMs() };
      sent.push(exchange);
      live.add(exchange);

      function end(result: OutboundResult): void {
        if (!live.delete(exchange)) return;
        exchange.endedAtMs = clock.monotonicMs();
        exchange.outcome = outcomeOf(result);
        done(result);
      }

      const reply = replyTo(exchange);
      const afterMs = reply === "hang" ? request.limits.totalMs : (reply.afterMs ?? 0);
      const result = resultOf(reply);
      if (afterMs === 0) clock.afterTurn(() => end(result));
      else clock.startTimer(afterMs, () => end(result));
      return { abort: () => end(failed("aborted")) };
    },
  };
}

function addressOf({ headers }: OutboundRequest) {
  const at = headers.indexOf("ringdown-delivery");
  const address = parseDeliveryId("dlv", headers[at + 1] ?? "");
  if (address === undefined) throw new Error("no ringdown-delivery header");
  const { sequence, destinationNo, ordinal } = address;
  const number = Number(headers[headers.indexOf("ringdown-attempt") + 1]);
  return { sequence, destinationNo, ordinal, number };
}

function outcomeOf(result: OutboundResult): "success" | "failure" | "aborted" {
  if (result.kind === "failed") return result.cause === "aborted" ? "aborted" : "failure";
  return result.status >= 200 && result.status < 300 ? "success" : "failure";
}

function resultOf(reply: Reply): OutboundResult {
  if (reply === "hang") return failed("timeout");
  if ("cause" in reply) return failed(reply.cause);
  return answered(reply.status, reply);
}

export function answered(
  status: number,
  more: { readonly retryAfter?: string; readonly body?: string } = {},
): OutboundResponse {
  return {
    ...facts,
    kind: "response",
    status,
    headers: ["x-answer", "1"],
    body: Buffer.from(more.body ?? ""),
    truncated: false,
    retryAfter: more.retryAfter,
  };
}

export function failed(cause: OutboundFailed["cause"]): OutboundFailed {
  return {
    ...facts,
    kind: "failed",
    cause,
    phase: "headers",
    detail: cause.toUpperCase(),
    message: `It failed: ${cause}.`,
    ambiguous: false,
    status: undefined,
  };
}
