/** Timestamps are read strictly, and read back as written. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { formatTimestamp, parseTimestamp } from "./timestamp.ts";

const timeMs = fc.integer({ min: 0, max: 9_999_999_999_999 });

test("what is written is read again", () => {
  fc.assert(
    fc.property(timeMs, (time) => {
      expect(parseTimestamp(formatTimestamp(time, "ms"), "ms")).toBe(time);
      expect(parseTimestamp(formatTimestamp(time, "rfc3339"), "rfc3339")).toBe(time);
      const seconds = Math.floor(time / 1000) * 1000;
      expect(parseTimestamp(formatTimestamp(time, "s"), "s")).toBe(seconds);
    }),
  );
});

test("any text is a timestamp or nothing, and never throws", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      for (const unit of ["s", "ms", "rfc3339"] as const) {
        const time = parseTimestamp(text, unit);
        expect(time === undefined || Number.isSafeInteger(time)).toBe(true);
      }
    }),
  );
});

test.each([
  ["2026-11-23T10:00:00Z", "2026-11-23T10:00:00.000Z"],
  ["2026-11-23t10:00:00z", "2026-11-23T10:00:00.000Z"],
  ["2026-11-23 10:00:00Z", "2026-11-23T10:00:00.000Z"],
  ["2026-11-23T10:00:00.5+02:00", "2026-11-23T08:00:00.500Z"],
  ["2026-11-23T10:00:00.123456789Z", "2026-11-23T10:00:00.123Z"],
])("%s is read as %s", (text, expected) => {
  expect(new Date(parseTimestamp(text, "rfc3339") ?? 0).toISOString()).toBe(expected);
});

test.each([
  "",
  "2026-11-23",
  "2026-11-23T10:00:00",
  "2026-13-23T10:00:00Z",
  "2026-11-23T24:00:00Z",
  "2026-11-23T10:00:00Zjunk",
  "2026-11-23T10:00:00.Z",
  "Mon, 23 Nov 2026 10:00:00 GMT",
  "1764000000",
])("%j is not an RFC 3339 time", (text) => {
  expect(parseTimestamp(text, "rfc3339")).toBeUndefined();
});

test.each(["", " 1", "1 ", "+1", "-1", "1.0", "1e3", "0x1", "١", "1".repeat(13)])(
  "%j is not a number of seconds",
  (text) => {
    expect(parseTimestamp(text, "s")).toBeUndefined();
  },
);
