/**
 * Ctrl-C, twice: the first asks the command to stop cleanly, the second ends the process at once.
 *
 * Nothing is installed until a command asks for the signal, so that short commands keep the
 * system's own behaviour. A reader that went away (`ringdown tail | head`) counts as the first.
 */
import { exitTable } from "./exit-codes.ts";
import type { TerminalStream } from "./io.ts";

export type Interrupts = {
  /** Aborted by the first interrupt. The first use installs the handlers. */
  signal(): AbortSignal;
};

/**
 * `npm start` passes Ctrl-C on to a process that the terminal has told already: two signals at once
 * are one key press.
 */
const SAME_PRESS_MS = 400;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A pipe nobody reads any more; a terminal that was closed. */
const READER_GONE: ReadonlySet<string> = new Set(["EPIPE", "EIO"]);

export function createInterrupts(streams: readonly TerminalStream[]): Interrupts {
  const state: { controller?: AbortController; askedAtMs?: number } = {};

  function readerGone(error: NodeJS.ErrnoException): void {
    if (!READER_GONE.has(error.code ?? "")) throw error;
    if (state.controller === undefined) process.exit(exitTable.done.code);
    state.controller.abort();
  }
  for (const stream of streams) stream.on("error", readerGone);

  function interrupted(): void {
    const nowMs = performance.now();
    if (state.askedAtMs === undefined) {
      state.askedAtMs = nowMs;
      state.controller?.abort();
    } else if (nowMs - state.askedAtMs > SAME_PRESS_MS) {
      process.exit(exitTable.interrupted.code);
    }
  }

  return {
    signal() {
      if (state.controller === undefined) {
        state.controller = new AbortController();
        for (const name of SIGNALS) process.on(name, interrupted);
      }
      return state.controller.signal;
    },
  };
}
