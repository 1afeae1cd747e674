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
import type { ServerResponse } from "node:http";
import { isRingdownError, RingdownError } from "../../errors/ringdown-error.ts";
import type { ErrorCode } from "../../errors/table.ts";
import { commonHeaders } from "../../http/security-headers.ts";
import type { Clock } from "../../support/clock.ts";
import type { ApiContext } from "../context.ts";
import type { Exchange } from "../operation.ts";
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
const HEARTBEAT_MS = 15_000;
/** Notifications within this time are read together. */
const GATHER_MS = 25;
/** A client whose socket takes nothing for this long is ended. */
const STALL_MS = 30_000;
/** How long an ended client may take to read why. */
const LINGER_MS = 5000;
/** What a browser waits before it comes back. */
const RECONNECT_MS = 2000;

type Closing = (code: ErrorCode, detail: string) => void;

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
      const client = createClient(exchange.httpResponse, clock);
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

type StreamClient = {
  begin(exchange: Exchange, onClosed: () => void): void;
  isOpen(): boolean;
  /** Resolves when the socket can take more; ends a client that stands still. */
  send(text: string): Promise<void>;
  /** Something may have happened. */
  wake(): void;
  /** Waits for `wake`, at most until the next heartbeat is due. */
  woken(): Promise<"notified" | "heartbeat">;
  close: Closing;
};

function createClient(httpResponse: ServerResponse, clock: Clock): StreamClient {
  const state = {
    phase: "open" as "open" | "closing" | "closed",
    notified: false,
    /** Resolves whatever the loop waits for. */
    proceed: () => {},
  };

  /** Resolves with `true` if `proceed` was called within the time. */
  function waitFor(limitMs: number): Promise<"in_time" | "too_late"> {
    return new Promise((resolve) => {
      const timer = clock.startTimer(limitMs, () => resolve("too_late"));
      state.proceed = () => {
        clock.cancelTimer(timer);
        resolve("in_time");
      };
    });
  }

  function close(code: ErrorCode, detail: string): void {
    if (state.phase !== "open") return;
    state.phase = "closing";
    httpResponse.end(`event: closing\ndata: ${JSON.stringify({ code, detail })}\n\n`);
    clock.startTimer(LINGER_MS, () => httpResponse.destroy());
    state.proceed();
  }

  return {
    begin(exchange, onClosed) {
      httpResponse.writeHead(200, {
        ...commonHeaders(exchange.requestId),
        "content-type": "text/event-stream; charset=utf-8",
        "x-accel-buffering": "no",
      });
      httpResponse.once("close", () => {
        state.phase = "closed";
        onClosed();
        state.proceed();
      });
      httpResponse.on("drain", () => state.proceed());
    },
    isOpen: () => state.phase === "open",
    async send(text) {
      if (state.phase !== "open" || httpResponse.write(text)) return;
      if ((await waitFor(STALL_MS)) === "too_late") {
        close("rate_limited", "This client reads too slowly; resume with Last-Event-ID.");
      }
    },
    wake() {
      state.notified = true;
      state.proceed();
    },
    async woken() {
      if (!state.notified && state.phase === "open") {
        if ((await waitFor(HEARTBEAT_MS)) === "too_late") return "heartbeat";
      }
      if (state.phase === "open") await waitFor(GATHER_MS);
      state.notified = false;
      return "notified";
    },
    close,
  };
}
