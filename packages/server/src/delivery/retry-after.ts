/**
 * Reads `Retry-After`: seconds or an HTTP date, as RFC 9110 section 10.2.3 has it. Whatever else a
 * destination sends asks for nothing.
 *
 * Pure; runs for 429 and 503 answers only.
 */
import { parseHttpDate } from "../support/http-date.ts";

/** Ten digits are three hundred years. */
const SECONDS = /^\d{1,10}$/;

/** Milliseconds from now, or `undefined` when the value asks for nothing. `nowMs` is wall time. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim();
  if (text === undefined) return undefined;
  if (SECONDS.test(text)) return Number(text) * 1000;
  const atMs = parseHttpDate(text);
  return atMs === undefined || atMs <= nowMs ? undefined : atMs - nowMs;
}
