import { expect, test } from "vitest";
import { formatAge, formatBytes, formatCount, formatDuration } from "./units.ts";

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.0 KB"],
  [2150, "2.1 KB"],
  [5 * 1024 ** 2, "5.0 MB"],
  [3 * 1024 ** 5, "3072.0 TB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [-5, "0 ms"],
  [23.4, "23 ms"],
  [1000, "1.0 s"],
  [59_999, "59.9 s"],
  [60_000, "1 m"],
  [252_000, "4 m 12 s"],
  [3_600_000, "1 h"],
  [6 * 86_400_000 + 4 * 3_600_000, "6 d 4 h"],
])("%d ms are %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test("ages are one unit, from a day on the date, and may lie ahead", () => {
  const nowMs = new Date(2026, 10, 24, 12).getTime();
  expect(formatAge(nowMs - 400, nowMs)).toBe("now");
  expect(formatAge(nowMs - 37_500, nowMs)).toBe("37 s ago");
  expect(formatAge(nowMs - 7_300_000, nowMs)).toBe("2 h ago");
  expect(formatAge(nowMs + 252_000, nowMs)).toBe("in 4 m");
  expect(formatAge(nowMs - 3 * 86_400_000, nowMs)).toBe("2026-11-21");
});

test("counts agree with their noun", () => {
  expect(formatCount(1, "delivery", "deliveries")).toBe("1 delivery");
  expect(formatCount(1204, "event")).toBe("1,204 events");
});
