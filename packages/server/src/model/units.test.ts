import { describe, expect, test } from "vitest";
import { formatDuration, formatSize, parseDuration, parseRate, parseSize } from "./units.ts";

describe("durations", () => {
  test.each([
    ["500ms", 500],
    ["15s", 15_000],
    ["1.5h", 5_400_000],
    ["72h", 259_200_000],
    ["7d", 604_800_000],
    ["0s", 0],
  ])("%s is %d ms", (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  test.each(["15", "15 s", "s", "-5s", "1h30m", "5S", "1e3s", "5s ", "", "99999999999999999d"])(
    "%j is none",
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  test.each([
    [0, "0ms"],
    [1, "1ms"],
    [1500, "1500ms"],
    [300_000, "5m"],
    [86_400_000, "1d"],
  ])("%d ms is shown as %s", (durationMs, expected) => {
    expect(formatDuration(durationMs)).toBe(expected);
  });
});

describe("rates and sizes", () => {
  test("rates are per second, whatever they are given in", () => {
    expect(parseRate("20/s")).toBe(20);
    expect(parseRate("600/m")).toBe(10);
    expect(parseRate("1800/h")).toBe(0.5);
    expect(parseRate("20")).toBeUndefined();
    expect(parseRate("20/d")).toBeUndefined();
  });

  test("KB is a thousand bytes, KiB is 1024", () => {
    expect(parseSize("5MB")).toBe(5_000_000);
    expect(parseSize("1KiB")).toBe(1024);
    expect(parseSize("1.5KiB")).toBe(1536);
    expect(parseSize("10B")).toBe(10);
    expect(parseSize("5 MB")).toBeUndefined();
    expect(parseSize("5M")).toBeUndefined();
    expect(formatSize(5_000_000)).toBe("5MB");
    expect(formatSize(16_384)).toBe("16KiB");
    expect(formatSize(0)).toBe("0B");
  });
});
