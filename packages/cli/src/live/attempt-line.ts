/** One line for an attempt that was made: where to, what came back, how long it took. */
import type { AttemptItem } from "@ringdown/client";
import { printable } from "../output/printable.ts";
import type { Style } from "../output/style.ts";
import { formatClock, formatDuration } from "../output/units.ts";

export function formatAttemptLine(attempt: AttemptItem, style: Style): string {
  const ok = attempt.outcome === "success";
  const endedMs = Date.parse(attempt.startedAt) + attempt.durationMs;
  const paint = ok ? style.good : style.bad;
  return [
    style.faint(formatClock(endedMs)),
    `  ${paint(ok ? "→" : "✗")} ${style.strong(printable(attempt.destination ?? "(deleted)"))}`,
    paint(String(attempt.status ?? attempt.cause ?? attempt.outcome)),
    formatDuration(attempt.durationMs),
    printable(attempt.eventType ?? ""),
    numberOf(attempt),
    ok ? "" : style.bad(printable(attempt.detail ?? attempt.causeText ?? "")),
  ]
    .filter((part) => part !== "")
    .join("  ");
}

function numberOf({ number, trigger }: AttemptItem): string {
  if (trigger === "initial") return "";
  return number === 1 ? trigger : `${trigger}, attempt ${String(number)}`;
}
