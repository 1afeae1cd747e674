import fc from "fast-check";
import { expect, test } from "vitest";
import { parseHttpDate } from "./http-date.ts";

test("every second of four-digit years is read back as it was written", () => {
  const seconds = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) / 1000 });
  fc.assert(
    fc.property(seconds, (second) => {
      expect(parseHttpDate(new Date(second * 1000).toUTCString())).toBe(second * 1000);
    }),
  );
});

test.each([
  "",
  "Mon, 24 Nov 2026 08:01:00 GMT",
  "Tue, 31 Jun 2026 08:01:00 GMT",
  "Tue, 24 Nov 2026 25:01:00 GMT",
  "Tuesday, 24-Nov-26 08:01:00 GMT",
  "2026-11-24T08:01:00Z",
  "Tue, 24 Nov 2026 08:01:00 GMT+1",
])("%j is no date", (text) => {
  expect(parseHttpDate(text)).toBeUndefined();
});
