/**
 * Sends one request to the receiver under test, whole, in slow pieces, or broken off half-way, and
 * tells what came back. Nothing is thrown: no answer is an answer a sender has to live with.
 */
import type { SampleRequest } from "@ringdown/receiver/samples";
import { request as httpRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { setTimeout as pause } from "node:timers/promises";

export type Reply =
  | { readonly kind: "answered"; readonly status: number; readonly durationMs: number }
  /** The connection failed, or nothing came within the time. */
  | { readonly kind: "silent"; readonly why: string; readonly durationMs: number };

export type Delivery = {
  readonly url: URL;
  readonly sample: SampleRequest;
  readonly timeoutMs: number;
  /** `slow`: in pieces, with pauses between them. `broken`: half of the body, then the end. */
  readonly manner?: "whole" | "slow" | "broken";
};

const SLOW_PIECES = 4;
const SLOW_PAUSE_MS = 250;

export async function deliver(delivery: Delivery): Promise<Reply> {
  const startedMs = performance.now();
  const durationMs = (): number => performance.now() - startedMs;
  try {
    const status = await attempt(delivery);
    return { kind: "answered", status, durationMs: durationMs() };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { kind: "silent", why, durationMs: durationMs() };
  }
}

async function attempt({ url, sample, timeoutMs, manner = "whole" }: Delivery): Promise<number> {
  const open = url.protocol === "https:" ? httpsRequest : httpRequest;
  const outgoing = open(url, {
    method: sample.method,
    headers: { ...sample.headers, "content-length": String(sample.body.length) },
    signal: AbortSignal.timeout(timeoutMs),
    // A connection of its own each time: one that broke must not be met again.
    agent: false,
  });
  const answer = answerOf(outgoing);
  // Whoever answers before the end makes the rest of the writing fail; the answer is what counts.
  await Promise.race([write(outgoing, sample.body, manner), answer]);
  const message = await answer;
  message.resume();
  return message.statusCode ?? 0;
}

function answerOf(outgoing: ClientRequest): Promise<IncomingMessage> {
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once("response", resolve).on("error", reject);
  });
  answer.catch(() => undefined);
  return answer;
}

async function write(
  outgoing: ClientRequest,
  body: Uint8Array,
  manner: NonNullable<Delivery["manner"]>,
): Promise<void> {
  if (manner === "whole") {
    outgoing.end(body);
    return;
  }
  const pieceBytes = Math.ceil(body.length / SLOW_PIECES);
  for (let start = 0; start < body.length; start += pieceBytes) {
    if (manner === "broken" && start >= body.length / 2) {
      outgoing.destroy(new Error("broken off on purpose"));
      return;
    }
    outgoing.write(body.subarray(start, start + pieceBytes));
    await pause(SLOW_PAUSE_MS);
  }
  outgoing.end();
}
