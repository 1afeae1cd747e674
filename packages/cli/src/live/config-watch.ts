/**
 * Applies the configuration file whenever it is saved. A file with a mistake changes nothing: the
 * mistakes are listed with line and column, and the old configuration stays in force.
 *
 * The folder is watched, not the file: editors save by replacing it, which ends a watch on the file
 * itself; and a file that is made later is noticed too.
 */
import type { Gateway, Settings } from "@ringdown/server";
import { readFileSync, watch } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { USUAL_CONFIG } from "../config-path.ts";
import { describeFailure, type Failure } from "../failure.ts";
import type { Output } from "../output/output.ts";
import { printable } from "../output/printable.ts";
import { formatClock } from "../output/units.ts";
import type { Session } from "../session.ts";

/** An editor's save is several events. */
const SETTLE_MS = 80;

export function watchConfig(
  session: Session,
  gateway: Gateway,
  { configFile }: Settings,
): { close(): void } {
  const path = configFile?.path ?? resolve(USUAL_CONFIG);
  const state: { text: string | undefined; timer?: NodeJS.Timeout; closed: "no" | "yes" } = {
    text: readText(path),
    closed: "no",
  };

  async function applySaved(): Promise<void> {
    const text = readText(path);
    if (text === undefined || text === state.text || state.closed === "yes") return;
    state.text = text;
    const { loadConfigFile } = await import("@ringdown/server");
    try {
      await gateway.applyFile(loadConfigFile(path));
      showApplied(session, path);
    } catch (error) {
      showRefused(session, path, describeFailure(error));
    }
  }

  const watcher = watch(dirname(path), (_event, name) => {
    if (name !== basename(path)) return;
    clearTimeout(state.timer);
    state.timer = setTimeout(() => void applySaved(), SETTLE_MS);
  });
  return {
    close() {
      state.closed = "yes";
      clearTimeout(state.timer);
      watcher.close();
    },
  };
}

/**
 * `undefined` while there is nothing to apply: it is being replaced (`ringdown export > …` empties
 * it first), or was deleted, which changes nothing.
 */
function readText(path: string): string | undefined {
  try {
    const text = readFileSync(path, "utf8");
    return text.trim() === "" ? undefined : text;
  } catch {
    return undefined;
  }
}

function showApplied({ output, io }: Session, path: string): void {
  output.show({ type: "config", file: path, applied: true }, () =>
    line(output, io.nowMs(), output.style.good(`✓ ${basename(path)} applied`)),
  );
}

function showRefused({ output, io }: Session, path: string, failure: Failure): void {
  const { what, details } = failure;
  output.show({ type: "config", file: path, applied: false, what, details }, () => {
    const { style } = output;
    const problems = details.length === 0 ? [what] : details;
    return [
      line(
        output,
        io.nowMs(),
        style.bad(`✗ ${basename(path)} not applied; the old one stays in force`),
      ),
      ...problems.map((problem) => `    ${printable(problem)}`),
    ].join("\n");
  });
}

function line({ style }: Output, nowMs: number, text: string): string {
  return `${style.faint(formatClock(nowMs))}  ${style.strong("config")}  ${text}`;
}
