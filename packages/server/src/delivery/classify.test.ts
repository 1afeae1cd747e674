import { expect, test } from "vitest";
import type { OutboundFailed, OutboundResponse } from "../outbound/index.ts";
import { compileSuccess } from "../routing/answer.ts";
import { classify } from "./classify.ts";

const NOW_MS = 0;
const facts = {
  timings: { dnsMs: undefined, connectMs: undefined, firstByteMs: undefined, totalMs: 1 },
  remoteAddress: undefined,
  resent: false,
};

function answer(status: number, retryAfter?: string): OutboundResponse {
  return {
    ...facts,
    kind: "response",
    status,
    headers: [],
    body: new Uint8Array(),
    truncated: false,
    retryAfter,
  };
}

function failed(cause: OutboundFailed["cause"], phase: OutboundFailed["phase"]): OutboundFailed {
  return {
    ...facts,
    kind: "failed",
    cause,
    phase,
    detail: "CODE",
    message: "In words.",
    ambiguous: false,
    status: undefined,
  };
}

test.each([200, 201, 202, 204, 299])("%i is success", (status) => {
  expect(classify(answer(status), NOW_MS)).toMatchObject({ kind: "success", sign: "good" });
});

test.each([
  [301, "redirect", "good"],
  [304, "redirect", "good"],
  [400, "status_4xx", "good"],
  [404, "status_4xx", "good"],
  [410, "status_410", "good"],
  [429, "status_429", "refusing"],
  [500, "status_5xx", "refusing"],
  [502, "status_5xx", "refusing"],
  [503, "status_5xx", "refusing"],
  [199, "status_other", "good"],
  [999, "status_other", "refusing"],
])("%i is a failure called %s", (status, cause, sign) => {
  expect(classify(answer(status), NOW_MS)).toMatchObject({ kind: "failure", cause, sign });
});

test("only 410 says that the destination is gone", () => {
  const gone = [404, 410, 429, 500].filter((status) => classify(answer(status), NOW_MS).gone);
  expect(gone).toEqual([410]);
});

test("Retry-After counts for 429 and 503 only", () => {
  const asked = [400, 429, 500, 503].filter(
    (status) => classify(answer(status, "7"), NOW_MS).retryAfterMs === 7_000,
  );
  expect(asked).toEqual([429, 503]);
});

test.each([
  ["dns", "dns", "dns", false],
  ["connect", "connect", "connect", true],
  ["tls", "tls", "tls", false],
  ["timeout", "waiting", "timeout_connect", true],
  ["timeout", "tls", "timeout_connect", true],
  ["timeout", "headers", "timeout_headers", true],
  ["timeout", "body", "timeout_total", true],
  ["reset", "headers", "reset", false],
  ["protocol", "headers", "protocol", false],
] as const)("%s while %s is silence called %s", (...[cause, phase, expected, overload]) => {
  expect(classify(failed(cause, phase), NOW_MS)).toMatchObject({
    kind: "failure",
    cause: expected,
    detail: "In words.",
    sign: "silent",
    overload,
  });
});

test.each(["invalid_request", "blocked_address"] as const)(
  "%s says nothing about the destination",
  (cause) => {
    expect(classify(failed(cause, "waiting"), NOW_MS)).toMatchObject({
      kind: "failure",
      cause,
      sign: "unknown",
    });
  },
);

test("what we ended ourselves is no failure of the destination", () => {
  expect(classify(failed("aborted", "headers"), NOW_MS)).toMatchObject({
    kind: "aborted",
    sign: "unknown",
  });
  expect(classify(failed("overloaded", "waiting"), NOW_MS).kind).toBe("local");
});

test("[I7] a success condition decides instead of the status", () => {
  const accepts = compileSuccess("status == 200 && text == 'ok' || status == 409");
  const ok = { ...answer(200), body: Buffer.from("ok") };
  expect(classify(ok, NOW_MS, accepts).kind).toBe("success");
  expect(classify(answer(409), NOW_MS, accepts).kind).toBe("success");
  expect(classify(answer(200), NOW_MS, accepts)).toMatchObject({
    kind: "failure",
    cause: "answer_not_accepted",
    detail: expect.stringContaining("text == 'ok': was \"\""),
    sign: "good",
    overload: false,
  });
  expect(classify(answer(503, "7"), NOW_MS, accepts)).toMatchObject({
    cause: "status_5xx",
    retryAfterMs: 7_000,
  });
  expect(classify(failed("reset", "body"), NOW_MS, accepts)).toMatchObject({ cause: "reset" });
});
