/**
 * Reads what people type as option values. Every refusal says what was expected and ends in a usage
 * error (64).
 */
import { CliError } from "./failure.ts";

/** `10s`, `5m`, `2h`, `7d`, `250ms`; milliseconds. */
export function parseDuration(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  const factor = FACTORS[parts?.[2] ?? ""];
  if (parts === null || factor === undefined) {
    throw new CliError("usage", `"${text}" is not a duration.`, "Write it like 30s, 5m, 2h or 7d.");
  }
  return Number(parts[1]) * factor;
}

const FACTORS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `20/s`, `300/m`, or a bare number per second. */
export function parseRate(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)(?:\/(s|m|h))?$/.exec(text);
  const rate = Number(parts?.[1]) / ((FACTORS[parts?.[2] ?? "s"] ?? 1000) / 1000);
  if (parts === null || !(rate > 0)) {
    throw new CliError("usage", `"${text}" is not a rate.`, "Write it like 20/s or 300/m.");
  }
  return rate;
}

/** A moment: RFC 3339, a date, or how long ago (`-2h`, `2h`). RFC 3339 comes out. */
export function parseTime(text: string, nowMs: number): string {
  const ago = /^-?(\d.*[a-z])$/.exec(text)?.[1];
  const isAgo = ago !== undefined && /^[\d.]+(?:ms|s|m|h|d)$/.test(ago);
  const timeMs = isAgo ? nowMs - parseDuration(ago) : Date.parse(text);
  // `Date.parse` takes almost anything; a time starts with its year.
  if (!Number.isFinite(timeMs) || (!isAgo && !/^\d{4}-\d\d-\d\d/.test(text))) {
    throw new CliError(
      "usage",
      `"${text}" is not a time.`,
      "Write 2026-01-31, 2026-01-31T12:00:00Z, or how long ago: 2h.",
    );
  }
  return new Date(timeMs).toISOString();
}

export function parseWhole(text: string, range: { min: number; max: number }): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < range.min || value > range.max) {
    const { min, max } = range;
    throw new CliError(
      "usage",
      `"${text}" is not a whole number from ${String(min)} to ${String(max)}.`,
    );
  }
  return value;
}

/** Where the API is, without a trailing slash. */
export function parseServerUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !isHttp(url) || url.search !== "" || url.hash !== "") {
    throw new CliError(
      "usage",
      `"${text}" is not the address of a server.`,
      "Write it like http://127.0.0.1:8484.",
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

export function isHttp(url: URL): boolean {
  return url.protocol === "http:" || url.protocol === "https:";
}

/** `Name: value`, as curl writes it. */
export function parseHeader(text: string): readonly [name: string, value: string] {
  const at = text.indexOf(":");
  const name = text.slice(0, at).trim();
  const value = text.slice(at + 1).trim();
  // RFC 9110 section 5.1; a line break in the value would start another header.
  if (at < 1 || !/^[!#$%&'*+.^_`|~\w-]+$/.test(name) || /[\r\n\0]/.test(value)) {
    throw new CliError("usage", `"${text}" is not a header.`, 'Write it like "X-Name: value".');
  }
  return [name, value];
}

/** For options that may be repeated. */
export function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}
