/**
 * The live stream: Server-Sent Events of requests and attempts as they become durable.
 *
 * Each client has a position and a loop:
 *
 *   reading ──(a batch)──▶ sending ──(more)──▶ reading
 *      ▲                      ├──(socket full)──▶ blocked ──(drained)──▶ reading
 *      │                      └──(at the end)──▶ waiting ──(notified, or heartbeat)──┐
 *      └─────────────────────────────────────────────────────────────────────────────┘
 *   blocked for too long, key revoked, gateway stopping ──▶ closing: told why, then ended
 *
 * Nothing is buffered for a client but the batch being sent (I10): one that is slow simply reads
 * later from the store, and one that stands still is ended and can resume with `Last-Event-ID`.
 * Notifications only wake the loop; what happened is always read, so a lost one delays, never loses.
 *
 * Source: HTML standard, "Server-sent events".
 */
import { isRingdownError, RingdownError } from "../../errors/ringdown-error.ts";
import type { ApiContext } from "../context.ts";
import type { Exchange } from "../operation.ts";
import { type Closing, createStreamClient, type StreamClient } from "./client.ts";
import {
  formatPosition,
  readBatch,
  readHead,
  resumePosition,
  type StreamFilter,
  type StreamItem,
  type StreamPosition,
} from "./read.ts";

export type Stream = {
  /** Answers with a stream that lasts until the client leaves. @throws invalid_cursor, rate_limited */
  open(exchange: Exchange, filter: StreamFilter): Promise<void>;
  /** Ends every stream; no new ones are opened. Idempotent. */
  stop(): void;
};

const CLIENT_LIMIT = 100;
/** What a browser waits before it comes back. */
const RECONNECT_MS = 2000;

export function createStream(context: ApiContext): Stream {
  const { clock, feed } = context.deps;
  const clients = new Set<Closing>();
  let state: "open" | "stopped" = "open";

  return {
    async open(exchange, filter) {
      if (state === "stopped") throw new RingdownError("shutting_down", "The gateway is stopping.");
      if (clients.size >= CLIENT_LIMIT) {
        throw new RingdownError(
          "rate_limited",
          `${String(CLIENT_LIMIT)} streams are open already.`,
        );
      }
      // Counted before the first wait, so that many at once cannot pass the limit together.
      const client = createStreamClient(exchange.httpResponse, clock);
      clients.add(client.close);
      try {
        const head = await readHead(context);
        const lastEventId = exchange.httpRequest.headers["last-event-id"];
        const position =
          lastEventId === undefined ? head : resumePosition(String(lastEventId), head);
        const stopListening = [feed.onAppended(client.wake), feed.onSettled(client.wake)];
        client.begin(exchange, () => {
          clients.delete(client.close);
          for (const stop of stopListening) stop();
        });
        if (exchange.httpRequest.method === "HEAD") exchange.httpResponse.end();
        else void follow(context, { client, exchange, filter }, position);
      } catch (error) {
        clients.delete(client.close);
        throw error;
      }
    },
    stop() {
      state = "stopped";
      for (const close of clients) close("shutting_down", "The gateway is stopping.");
    },
  };
}

type Followed = {
  readonly client: StreamClient;
  readonly exchange: Exchange;
  readonly filter: StreamFilter;
};

/** The loop of one client. Never rejects. */
async function follow(
  context: ApiContext,
  { client, exchange, filter }: Followed,
  from: StreamPosition,
): Promise<void> {
  let position = from;
  try {
    await client.send(`retry: ${String(RECONNECT_MS)}\nid: ${formatPosition(position)}\n\n`);
    while (client.isOpen()) {
      const batch = await readBatch(context, filter, position);
      position = batch.position;
      if (batch.items.length > 0) await client.send(batch.items.map(formatItem).join(""));
      if (batch.rest === "some") continue;
      if ((await client.woken()) === "notified") continue;
      exchange.checkKey();
      // An id without data moves a browser's position past what the filter left out.
      await client.send(`: heartbeat\nid: ${formatPosition(position)}\n\n`);
    }
  } catch (error) {
    if (isRingdownError(error)) {
      client.close(error.code, error.message);
      return;
    }
    context.deps.reportDefect(error, exchange.requestId);
    client.close("internal_error", "Something unexpected happened in the gateway.");
  }
}

/** JSON has no raw line breaks, so one data line is enough. */
function formatItem({ type, position, data }: StreamItem): string {
  return `event: ${type}\nid: ${formatPosition(position)}\ndata: ${JSON.stringify(data)}\n\n`;
}
