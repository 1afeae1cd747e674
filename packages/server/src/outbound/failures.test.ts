import { errors } from "undici";
import { describe, expect, test } from "vitest";

import { classifyError, ConnectError, isConnectionLoss } from "./failures.ts";

function coded(code: string, message = code): Error {
  return Object.assign(new Error(message), { code });
}

describe("classifyError", () => {
  test.each([
    [new errors.HeadersOverflowError(), "protocol"],
    [new errors.ResponseContentLengthMismatchError(), "protocol"],
    [new errors.HTTPParserError("bad"), "protocol"],
    [coded("HPE_INVALID_CONSTANT"), "protocol"],
    [new errors.SocketError("bad response"), "protocol"],
    [new errors.SocketError("bad upgrade"), "protocol"],
    [new errors.SocketError("other side closed"), "reset"],
    [new errors.InvalidArgumentError("invalid path"), "invalid_request"],
    [new errors.NotSupportedError("expect header not supported"), "invalid_request"],
    [coded("ECONNRESET"), "reset"],
    [coded("EPIPE"), "reset"],
    [coded("ETIMEDOUT"), "reset"],
    [coded("ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR"), "tls"],
    [coded("ERR_TLS_RENEGOTIATION_DISABLED"), "tls"],
    [new Error("no code at all"), "reset"],
  ])("%s is %s", (error, cause) => {
    expect(classifyError(error, "headers")).toMatchObject({ cause, phase: "headers" });
  });

  test("a failure to connect keeps its own cause, phase and words", () => {
    const failure = {
      cause: "dns",
      phase: "dns",
      detail: "ENOTFOUND",
      message: "not found",
    } as const;
    expect(classifyError(new ConnectError(failure), "waiting")).toEqual(failure);
  });
});

describe("isConnectionLoss", () => {
  test("a closed socket is one, an answer that cannot be read is not", () => {
    expect(isConnectionLoss(new errors.SocketError("other side closed"))).toBe(true);
    expect(isConnectionLoss(coded("ECONNRESET"))).toBe(true);
    expect(isConnectionLoss(coded("EPIPE"))).toBe(true);
    expect(isConnectionLoss(new errors.SocketError("bad response"))).toBe(false);
    expect(isConnectionLoss(new errors.HeadersOverflowError())).toBe(false);
    expect(isConnectionLoss(coded("ETIMEDOUT"))).toBe(false);
  });
});
