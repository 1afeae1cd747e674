/**
 * One client of the live stream: its answer, and what its loop waits for.
 *
 * The loop waits for one thing at a time, and only that thing or the end lets it go on: news do not
 * make room in a full socket.
 */
import type { ServerResponse } from "node:http";
import { RingdownError } from "../../errors/ringdown-error.ts";
import type { ErrorCode } from "../../errors/table.ts";
import { commonHeaders } from "../../http/security-headers.ts";
import type { Clock } from "../../support/clock.ts";
import type { Exchange } from "../operation.ts";

export type Closing = (code: ErrorCode, detail: string) => void;

export type StreamClient = {
  /** Sends the head of the answer. @throws shutting_down when it was closed before */
  begin(exchange: Exchange, onClosed: () => void): void;
  isOpen(): boolean;
  /** Resolves when the socket can take more; ends a client that stands still. */
  send(text: string): Promise<void>;
  /** Something may have happened. */
  wake(): void;
  /** Waits for `wake`, at most until the next heartbeat is due. */
  woken(): Promise<"notified" | "heartbeat">;
  /** Says why, then ends the answer. */
  readonly close: Closing;
};

const HEARTBEAT_MS = 15_000;
/** Notifications within this time are read together. */
const GATHER_MS = 25;
/** A client whose socket takes nothing for this long is ended. */
const STALL_MS = 30_000;
/** How long an ended client may take to read why. */
const LINGER_MS = 5000;

type Reason = "room" | "news" | "gathering";

type Waiter = {
  /** One at a time. */
  waitFor(reason: Reason, limitMs: number): Promise<"happened" | "too_late">;
  happened(reason: Reason): void;
  /** Whatever is waited for, it goes on. */
  end(): void;
};

function createWaiter(clock: Clock): Waiter {
  let waiting: { readonly reason: Reason; end(): void } | undefined;
  return {
    waitFor: (reason, limitMs) =>
      new Promise((resolve) => {
        const end = (result: "happened" | "too_late"): void => {
          clock.cancelTimer(timer);
          waiting = undefined;
          resolve(result);
        };
        const timer = clock.startTimer(limitMs, () => end("too_late"));
        waiting = { reason, end: () => end("happened") };
      }),
    happened(reason) {
      if (waiting?.reason === reason) waiting.end();
    },
    end: () => waiting?.end(),
  };
}

export function createStreamClient(httpResponse: ServerResponse, clock: Clock): StreamClient {
  const state = {
    /** Nothing has been sent yet while it is new. */
    phase: "new" as "new" | "open" | "closing" | "closed",
    /** News came that the loop has not looked for yet. */
    notified: false,
  };
  const waiter = createWaiter(clock);

  function close(code: ErrorCode, detail: string): void {
    if (state.phase === "new") state.phase = "closed";
    if (state.phase !== "open") return;
    state.phase = "closing";
    httpResponse.end(`event: closing\ndata: ${JSON.stringify({ code, detail })}\n\n`);
    clock.startTimer(LINGER_MS, () => httpResponse.destroy());
    waiter.end();
  }

  return {
    begin(exchange, onClosed) {
      if (state.phase !== "new") {
        throw new RingdownError("shutting_down", "The gateway is stopping.");
      }
      // It may have left while its position was looked up, and tells so only once.
      if (exchange.httpRequest.socket.destroyed) {
        state.phase = "closed";
        onClosed();
        return;
      }
      state.phase = "open";
      httpResponse.writeHead(200, {
        ...commonHeaders(exchange.requestId),
        "content-type": "text/event-stream; charset=utf-8",
        "x-accel-buffering": "no",
      });
      httpResponse.on("drain", () => waiter.happened("room"));
      httpResponse.once("close", () => {
        state.phase = "closed";
        onClosed();
        waiter.end();
      });
    },
    isOpen: () => state.phase === "open",
    async send(text) {
      if (state.phase !== "open" || httpResponse.write(text)) return;
      if ((await waiter.waitFor("room", STALL_MS)) === "too_late") {
        close("rate_limited", "This client reads too slowly; resume with Last-Event-ID.");
      }
    },
    wake() {
      state.notified = true;
      waiter.happened("news");
    },
    async woken() {
      if (!state.notified && state.phase === "open") {
        if ((await waiter.waitFor("news", HEARTBEAT_MS)) === "too_late") return "heartbeat";
      }
      if (state.phase === "open") await waiter.waitFor("gathering", GATHER_MS);
      state.notified = false;
      return "notified";
    },
    close,
  };
}
