import { expect, test } from "vitest";
import { parseDuration, parseHeader, parseRate, parseServerUrl, parseTime } from "./values.ts";

const NOW_MS = Date.parse("2026-11-24T12:00:00Z");

test("durations need a unit", () => {
  expect(parseDuration("250ms")).toBe(250);
  expect(parseDuration("1.5h")).toBe(5_400_000);
  for (const wrong of ["", "5", "h", "-1s", "1 s", "1w"]) {
    expect(() => parseDuration(wrong), wrong).toThrow("is not a duration");
  }
});

test("rates are per second, whatever they were given in", () => {
  expect(parseRate("20/s")).toBe(20);
  expect(parseRate("20")).toBe(20);
  expect(parseRate("300/m")).toBe(5);
  for (const wrong of ["0/s", "fast", "20/d", "-1/s"]) {
    expect(() => parseRate(wrong), wrong).toThrow("is not a rate");
  }
});

test("times are moments or how long ago", () => {
  expect(parseTime("2h", NOW_MS)).toBe("2026-11-24T10:00:00.000Z");
  expect(parseTime("-2h", NOW_MS)).toBe("2026-11-24T10:00:00.000Z");
  expect(parseTime("2026-01-31T12:00:00+02:00", NOW_MS)).toBe("2026-01-31T10:00:00.000Z");
  expect(parseTime("2026-01-31", NOW_MS)).toBe("2026-01-31T00:00:00.000Z");
  for (const wrong of ["soon", "12", "Nov 24 2026", "2026-13-01", "2x"]) {
    expect(() => parseTime(wrong, NOW_MS), wrong).toThrow("is not a time");
  }
});

test("a server is an http address; its last slash does not matter", () => {
  expect(parseServerUrl("http://127.0.0.1:8484/")).toBe("http://127.0.0.1:8484");
  expect(parseServerUrl("https://h.example/base/")).toBe("https://h.example/base");
  for (const wrong of ["127.0.0.1:8484", "ftp://x", "http://x?y", "nonsense"]) {
    expect(() => parseServerUrl(wrong), wrong).toThrow("is not the address of a server");
  }
});

test("a header cannot smuggle another one in", () => {
  expect(parseHeader("X-Name:  a: b ")).toEqual(["X-Name", "a: b"]);
  for (const wrong of ["", ": x", "no colon", "a b: c", "x: a\r\ny: b"]) {
    expect(() => parseHeader(wrong), wrong).toThrow("is not a header");
  }
});
