import { expect, test } from "vitest";
import { parseRetryAfter } from "./retry-after.ts";

const NOW_MS = Date.UTC(2026, 10, 24, 8, 0, 0);

test.each([
  ["120", 120_000],
  [" 0 ", 0],
  ["Tue, 24 Nov 2026 08:01:00 GMT", 60_000],
])("%j asks for a wait", (value, waitMs) => {
  expect(parseRetryAfter(value, NOW_MS)).toBe(waitMs);
});

test.each([
  undefined,
  "",
  "-1",
  "1.5",
  "1e12",
  "soon",
  "99999999999",
  "Tue, 24 Nov 2026 07:59:00 GMT",
  "Mon, 24 Nov 2026 08:01:00 GMT",
  "Tue, 31 Jun 2026 08:01:00 GMT",
  "2026-11-24T08:01:00Z",
])("%j asks for nothing", (value) => {
  expect(parseRetryAfter(value, NOW_MS)).toBeUndefined();
});
