/** Times, durations, sizes and counts as people read them. */

const KILO = 1024;

/** "17 B", "2.1 KB", "5.0 MB". */
export function formatBytes(bytes: number): string {
  if (bytes < KILO) return `${String(bytes)} B`;
  const units = ["KB", "MB", "GB", "TB"];
  let value = bytes / KILO;
  let unit = 0;
  while (value >= KILO && unit < units.length - 1) {
    value /= KILO;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit] ?? ""}`;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The largest two units: "23 ms", "1.2 s", "4 m 12 s", "6 d 4 h". Never negative. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole < SECOND_MS) return `${String(Math.round(whole))} ms`;
  if (whole < MINUTE_MS) return `${(Math.floor(whole / 100) / 10).toFixed(1)} s`;
  if (whole < HOUR_MS) return twoUnits(whole, [MINUTE_MS, "m"], [SECOND_MS, "s"]);
  if (whole < DAY_MS) return twoUnits(whole, [HOUR_MS, "h"], [MINUTE_MS, "m"]);
  return twoUnits(whole, [DAY_MS, "d"], [HOUR_MS, "h"]);
}

type Unit = readonly [ms: number, name: string];

function twoUnits(ms: number, [largeMs, large]: Unit, [smallMs, small]: Unit): string {
  const rest = Math.floor((ms % largeMs) / smallMs);
  const first = `${String(Math.floor(ms / largeMs))} ${large}`;
  return rest === 0 ? first : `${first} ${String(rest)} ${small}`;
}

/** Local wall time, to the millisecond: "14:32:15.204". */
export function formatClock(timeMs: number): string {
  const date = new Date(timeMs);
  const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()].map(
    (part) => String(part).padStart(2, "0"),
  );
  return `${hours ?? ""}:${minutes ?? ""}:${seconds ?? ""}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** For lists: "3 s ago", "in 4 m"; from a day on the date, since hours no longer help. */
export function formatAge(timeMs: number, nowMs: number): string {
  const ageMs = nowMs - timeMs;
  if (Math.abs(ageMs) < SECOND_MS) return "now";
  if (ageMs >= DAY_MS) return formatDay(timeMs);
  const [unitMs, unit] = largestUnit(Math.abs(ageMs));
  const count = String(Math.floor(Math.abs(ageMs) / unitMs));
  return ageMs < 0 ? `in ${count} ${unit}` : `${count} ${unit} ago`;
}

function largestUnit(ms: number): Unit {
  if (ms < MINUTE_MS) return [SECOND_MS, "s"];
  if (ms < HOUR_MS) return [MINUTE_MS, "m"];
  return ms < DAY_MS ? [HOUR_MS, "h"] : [DAY_MS, "d"];
}

function formatDay(timeMs: number): string {
  const date = new Date(timeMs);
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}

/** "1 event", "1,204 events". */
export function formatCount(count: number, one: string, many: string = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}
