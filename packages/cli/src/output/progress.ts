/**
 * How far something long has got: one line, redrawn, on a terminal; a line every few seconds
 * elsewhere; JSON with `--json`. Always on standard error: it is talk, not data.
 */
import type { Io } from "../io.ts";
import type { Output } from "./output.ts";
import { formatCount, formatDuration } from "./units.ts";

export type Progress = {
  update(done: number, total: number): void;
  /** Clears the line. */
  end(): void;
};

const BAR_WIDTH = 20;
/** What is done sooner needs no bar. */
const BAR_AFTER_MS = 500;
const LINE_INTERVAL_MS = 5000;
const CLEAR_LINE = "\r\u001b[2K";

export function createProgress(verb: string, session: { io: Io; output: Output }): Progress {
  const { io, output } = session;
  const startedAtMs = io.nowMs();
  const state = { lastLineAtMs: startedAtMs };
  const isRedrawn = io.stderr.isTTY === true && output.format === "text";

  function line(done: number, total: number): string {
    const elapsedMs = Math.max(1, io.nowMs() - startedAtMs);
    const perSecond = (done * 1000) / elapsedMs;
    const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
    const left = done === 0 ? "" : ` eta ${formatDuration(((total - done) / perSecond) * 1000)}`;
    const count = `${done.toLocaleString("en-US")}/${formatCount(total, "delivery", "deliveries")}`;
    const pace = `${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s`;
    return `${verb} ${bar(done, total)} ${count} ${String(percent)} % ${pace}${left}`;
  }

  return {
    update(done, total) {
      if (isRedrawn) {
        if (io.nowMs() - startedAtMs < BAR_AFTER_MS) return;
        io.stderr.write(`${CLEAR_LINE}${line(done, total)}`);
        return;
      }
      if (io.nowMs() - state.lastLineAtMs < LINE_INTERVAL_MS) return;
      state.lastLineAtMs = io.nowMs();
      const record = JSON.stringify({ type: "progress", done, total });
      output.talk(output.format === "text" ? line(done, total) : record);
    },
    end() {
      if (isRedrawn) io.stderr.write(CLEAR_LINE);
    },
  };
}

function bar(done: number, total: number): string {
  const filled = total === 0 ? BAR_WIDTH : Math.round((done / total) * BAR_WIDTH);
  return "━".repeat(filled) + "─".repeat(BAR_WIDTH - filled);
}
