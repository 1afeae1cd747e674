import { ApiError } from "@ringdown/client";
import { WebhookConfigError } from "@ringdown/receiver";
import { expect, test } from "vitest";
import { exitTable } from "./exit-codes.ts";
import { CliError, describeFailure } from "./failure.ts";

function apiError(code: ApiError["code"], message = "What happened."): ApiError {
  return new ApiError(message, { code, hint: "What to do.", requestId: "abc" });
}

test.each([
  [apiError("unauthorized"), "notAuthorised"],
  [apiError("unreachable"), "unreachable"],
  [apiError("timeout"), "timedOut"],
  [apiError("config_invalid"), "data"],
  [apiError("invalid_request"), "usage"],
  [apiError("not_found"), "failed"],
  [apiError("internal_error"), "defect"],
  [new WebhookConfigError("secret_too_short", "Short.", "Longer."), "data"],
  [new WebhookConfigError("provider_unknown", "Nobody.", "Somebody."), "usage"],
  [new CliError("no", "No."), "no"],
  [Object.assign(new Error("gone"), { code: "ECONNREFUSED" }), "unreachable"],
  [
    new TypeError("fetch failed", { cause: Object.assign(new Error(), { code: "ENOTFOUND" }) }),
    "unreachable",
  ],
  [Object.assign(new Error("no file"), { code: "ENOENT" }), "data"],
  [new DOMException("late", "TimeoutError"), "timedOut"],
  [new RangeError("broken"), "defect"],
  ["a text", "defect"],
] as const)("%s ends as %s", (error, exit) => {
  expect(describeFailure(error).exit).toBe(exit);
});

test("what the table of the server says is passed on, with the id of the answer", () => {
  expect(describeFailure(apiError("not_found"))).toMatchObject({
    what: "What happened.",
    fix: "What to do.",
    code: "not_found",
    requestId: "abc",
  });
});

test("a configuration with several problems has one line for each", () => {
  const { what, details } = describeFailure(apiError("config_invalid", "a:1:2 x\na:3:4 y"));
  expect(what).toBe("The configuration has 2 problems.");
  expect(details).toEqual(["a:1:2 x", "a:3:4 y"]);
});

test("only defects show where they happened", () => {
  expect(describeFailure(new RangeError("broken")).stack).toContain("failure.test.ts");
  expect(describeFailure(apiError("not_found")).stack).toBeUndefined();
});

test("no two exits share a code, and those of the design are as they were fixed", () => {
  const codes = Object.values(exitTable).map(({ code }) => code);
  expect(codes).toEqual([0, 1, 2, 64, 65, 69, 70, 75, 77, 130]);
});
