/**
 * Timestamps of a signature: text to milliseconds and back, strictly.
 *
 * `parseInt` would take "1700000000junk" and `Number` " 1e9 "; here only ASCII digits count, or an
 * RFC 3339 date-time. The signed bytes contain the text as sent, so there is one reading of it and
 * no second.
 */
import type { TimestampUnit } from "./recipe.ts";

/** Enough for the year 33658 in seconds and 2286 in milliseconds, and always a safe integer. */
const MAX_DIGITS: Readonly<Record<"s" | "ms", number>> = { s: 12, ms: 13 };

/** RFC 3339 section 5.6; any number of fraction digits, as some senders write nanoseconds. */
const RFC_3339 =
  /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))[Tt ]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(\.\d{1,9})?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** What `parseTimestamp` expects, for messages. */
export const TIMESTAMP_FORMS: Readonly<Record<TimestampUnit, string>> = {
  s: "a number of seconds since 1970",
  ms: "a number of milliseconds since 1970",
  rfc3339: "an RFC 3339 date and time",
};

/** Milliseconds since 1970, or `undefined` if the text is anything but a timestamp of this unit. */
export function parseTimestamp(text: string, unit: TimestampUnit): number | undefined {
  if (unit === "rfc3339") return parseRfc3339(text);
  const number = parseDigits(text, MAX_DIGITS[unit]);
  return number === undefined || unit === "ms" ? number : number * 1000;
}

/** The text a sender would write. Seconds are rounded down. */
export function formatTimestamp(timeMs: number, unit: TimestampUnit): string {
  switch (unit) {
    case "s":
      return String(Math.floor(timeMs / 1000));
    case "ms":
      return String(timeMs);
    case "rfc3339":
      return new Date(timeMs).toISOString();
  }
}

function parseDigits(text: string, maxDigits: number): number | undefined {
  if (text.length === 0 || text.length > maxDigits) return undefined;
  let number = 0;
  for (let index = 0; index < text.length; index += 1) {
    const digit = text.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return number;
}

function parseRfc3339(text: string): number | undefined {
  const match = RFC_3339.exec(text);
  if (match === null) return undefined;
  const [, date, time, fraction = "", zone] = match;
  const timeMs = Date.parse(`${date}T${time}${fraction.slice(0, 4)}${zone?.toUpperCase()}`);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
