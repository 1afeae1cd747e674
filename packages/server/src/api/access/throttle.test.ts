import { expect, test } from "vitest";
import { systemClock } from "../../support/clock.ts";
import { createFailureThrottle } from "./throttle.ts";

function throttled() {
  const time = { ms: 1000 };
  const throttle = createFailureThrottle({ ...systemClock, monotonicMs: () => time.ms });
  const fail = (address: string, times = 1): void => {
    for (let i = 0; i < times; i++) throttle.noteFailure(address);
  };
  return { time, throttle, fail };
}

test("an address may fail ten times in a row, then once every six seconds", () => {
  const { time, throttle, fail } = throttled();
  fail("192.0.2.1", 9);
  expect(throttle.waitS("192.0.2.1")).toBe(0);
  fail("192.0.2.1");
  expect(throttle.waitS("192.0.2.1")).toBe(6);
  time.ms += 6000;
  expect(throttle.waitS("192.0.2.1")).toBe(0);
  fail("192.0.2.1");
  expect(throttle.waitS("192.0.2.1")).toBe(6);
  time.ms += 60_000;
  fail("192.0.2.1", 9);
  expect(throttle.waitS("192.0.2.1")).toBe(0);
});

test("more failures do not make the wait longer", () => {
  const { throttle, fail } = throttled();
  fail("192.0.2.1", 1000);
  expect(throttle.waitS("192.0.2.1")).toBe(6);
});

test("addresses do not answer for one another, except within one IPv6 network", () => {
  const { throttle, fail } = throttled();
  fail("192.0.2.1", 10);
  expect(throttle.waitS("192.0.2.2")).toBe(0);
  for (let i = 1; i <= 10; i++) fail(`2001:db8:1:2::${i.toString(16)}`);
  expect(throttle.waitS("2001:db8:1:2:aaaa::1")).toBe(6);
  expect(throttle.waitS("2001:db8:1:3::1")).toBe(0);
  expect(throttle.waitS("::1")).toBe(0);
});

test("[I10] what is remembered is bounded; the oldest is forgotten first", () => {
  const { throttle, fail } = throttled();
  fail("192.0.2.1", 10);
  for (let i = 0; i < 9_999; i++) fail(`10.0.${i >> 8}.${i & 255}`, 10);
  expect(throttle.waitS("192.0.2.1")).toBe(6);
  fail("198.51.100.1");
  expect(throttle.waitS("192.0.2.1")).toBe(0);
  expect(throttle.waitS("10.0.0.0")).toBe(6);
});
