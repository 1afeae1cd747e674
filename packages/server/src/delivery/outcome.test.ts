import fc from "fast-check";
import { expect, test } from "vitest";
import { destination, storedRequest } from "../../tests/support/delivery-fixtures.ts";
import { answered, failed } from "../../tests/support/scripted-outbound.ts";
import type { DeliveryRow } from "../model/delivery.ts";
import type { OutboundResult } from "../outbound/index.ts";
import { classify } from "./classify.ts";
import type { Flight, Lane } from "./lane.ts";
import { attemptRecord, rowAfter, type Settling } from "./outcome.ts";

const NOW_MS = 1_000_000;
const KEY = { sequence: 7, destinationNo: 1, ordinal: 0 };

function flightOf(overrides: Partial<Flight> = {}): Flight {
  return {
    lane: {} as Lane,
    key: KEY,
    event: storedRequest({ sequence: 7, receivedAtMs: 5 }),
    row: undefined,
    position: 0,
    orderKey: undefined,
    number: 1,
    trigger: "initial",
    startedAtMs: NOW_MS - 10,
    startedMonotonicMs: 0,
    madeBytes: 0,
    stage: "sending",
    exchange: undefined,
    ...overrides,
  };
}

function rowOf(overrides: Partial<DeliveryRow> = {}): DeliveryRow {
  return {
    ...KEY,
    state: "pending",
    attemptCount: 1,
    lastAttemptNumber: 1,
    dueAtMs: NOW_MS - 100,
    createdAtMs: 5,
    updatedAtMs: 6,
    ...overrides,
  };
}

function after(result: OutboundResult, flight: Flight, more: Partial<Settling> = {}) {
  return rowAfter({
    flight,
    verdict: classify(result, NOW_MS),
    destination: destination({ schedule: [1_000, 2_000] }),
    nowMs: NOW_MS,
    jitter: 0.5,
    ...more,
  });
}

test("a delivery that succeeds at once needs no row", () => {
  expect(after(answered(200), flightOf())).toBeUndefined();
});

test("one that had a row is delivered, and nothing is due any more", () => {
  const row = rowOf({ cause: "reset", manual: true });
  const delivered = after(answered(200), flightOf({ row, number: 2 }));
  expect(delivered).toEqual({
    ...KEY,
    state: "delivered",
    attemptCount: 2,
    lastAttemptNumber: 2,
    createdAtMs: 5,
    updatedAtMs: NOW_MS,
  });
});

test("a failure is due again after its wait, with its cause", () => {
  expect(after(answered(500), flightOf())).toMatchObject({
    state: "pending",
    attemptCount: 1,
    lastAttemptNumber: 1,
    cause: "status_5xx",
    dueAtMs: NOW_MS + 1_000,
    createdAtMs: 5,
  });
});

test("the last failure of the schedule is the end", () => {
  const row = rowOf({ attemptCount: 2, lastAttemptNumber: 2 });
  const dead = after(answered(500), flightOf({ row, number: 3 }));
  expect(dead).toMatchObject({ state: "dead", cause: "retries_exhausted", attemptCount: 3 });
  expect(dead).not.toHaveProperty("dueAtMs");
});

test("a manual attempt needs no waits left, and uses none up that are not there", () => {
  const row = rowOf({ attemptCount: 3, lastAttemptNumber: 3, manual: true });
  expect(after(answered(500), flightOf({ row, number: 4, trigger: "manual" }))).toMatchObject({
    state: "dead",
    attemptCount: 4,
  });
});

test("what cannot be sent at all is dead at once", () => {
  expect(after(failed("invalid_request"), flightOf())).toMatchObject({
    state: "dead",
    cause: "invalid_request",
    attemptCount: 1,
  });
});

test("what cannot be transformed is dead at once, with that cause", () => {
  const verdict = { ...classify(failed("invalid_request"), NOW_MS), cause: "transform_failed" };
  expect(
    after(failed("invalid_request"), flightOf(), { verdict } as Partial<Settling>),
  ).toMatchObject({ state: "dead", cause: "transform_failed", attemptCount: 1 });
});

test("Retry-After postpones", () => {
  const result = answered(503, { retryAfter: "60" });
  expect(after(result, flightOf())?.dueAtMs).toBe(NOW_MS + 60_000);
});

test.each([
  ["410", answered(410)],
  ["our own end", failed("aborted")],
])("%s uses nothing up and leaves the delivery due", (_, result) => {
  expect(after(result, flightOf())).toMatchObject({
    state: "pending",
    attemptCount: 0,
    lastAttemptNumber: 1,
    dueAtMs: NOW_MS,
  });
});

test("a probe that meets silence uses nothing up and leaves the due time as it was", () => {
  const row = rowOf();
  const probed = after(failed("connect"), flightOf({ row, number: 2, trigger: "probe" }));
  expect(probed).toMatchObject({ attemptCount: 1, lastAttemptNumber: 2, dueAtMs: row.dueAtMs });
});

test("a probe that is answered counts like any attempt", () => {
  const row = rowOf();
  const probed = after(answered(404), flightOf({ row, number: 2, trigger: "probe" }));
  expect(probed).toMatchObject({ attemptCount: 2, dueAtMs: NOW_MS + 2_000 });
});

test("probes are free only up to a number, so that attempt numbers do not run out", () => {
  const row = rowOf({ attemptCount: 1, lastAttemptNumber: 128 });
  const probed = after(failed("connect"), flightOf({ row, number: 129, trigger: "probe" }));
  expect(probed).toMatchObject({ attemptCount: 2, lastAttemptNumber: 129 });
});

test("the last attempt number is the last attempt", () => {
  const row = rowOf({ attemptCount: 1, lastAttemptNumber: 254 });
  expect(after(answered(500), flightOf({ row, number: 255 }))?.state).toBe("dead");
});

test("what fails after its destination was deleted is cancelled", () => {
  expect(after(answered(500), flightOf(), { destination: undefined })).toMatchObject({
    state: "cancelled",
    cause: "destination_deleted",
  });
});

test("order key and replay stay with the delivery", () => {
  const row = rowOf({ replayId: "op_1" });
  const flight = flightOf({ row, number: 2, orderKey: "k" });
  expect(after(answered(500), flight)).toMatchObject({ orderKey: "k", replayId: "op_1" });
});

test("whatever happens, attempts are numbered on, counts never fall, and only pending is due", () => {
  const results = fc.constantFrom(
    answered(200),
    answered(301),
    answered(404),
    answered(410),
    answered(429),
    answered(500),
    failed("connect"),
    failed("aborted"),
    failed("invalid_request"),
  );
  const numbers = fc.integer({ min: 1, max: 255 });
  const triggers = fc.constantFrom("initial", "retry", "manual", "probe", "replay");
  fc.assert(
    fc.property(results, numbers, triggers, (result, number, trigger) => {
      const attemptCount = Math.min(number - 1, 2);
      const row = number === 1 ? undefined : rowOf({ attemptCount, lastAttemptNumber: number - 1 });
      const next = after(result, flightOf({ row, number, trigger: trigger as Flight["trigger"] }));
      if (next === undefined) return;
      expect(next.lastAttemptNumber).toBe(number);
      expect(next.attemptCount).toBeGreaterThanOrEqual(attemptCount);
      expect(next.dueAtMs !== undefined).toBe(next.state === "pending");
      if (number === 255) expect(next.state).not.toBe("pending");
    }),
  );
});

test("of a success little is kept, of a failure what helps to understand it", () => {
  const record = (status: number) => {
    const result = answered(status, { body: "0123456789" });
    const flight = flightOf();
    const verdict = classify(result, NOW_MS);
    return attemptRecord({ flight, verdict, result, durationMs: 12, captureSuccessBytes: 4 });
  };
  expect(record(200)).toEqual({
    ...KEY,
    number: 1,
    trigger: "initial",
    startedAtMs: NOW_MS - 10,
    durationMs: 12,
    outcome: "success",
    status: 200,
    remoteAddress: "127.0.0.1",
    responseBody: Buffer.from("0123"),
    responseTruncated: true,
  });
  expect(record(500)).toMatchObject({
    outcome: "failure",
    cause: "status_5xx",
    responseHeaders: ["x-answer", "1"],
    responseBody: Buffer.from("0123456789"),
  });
});
