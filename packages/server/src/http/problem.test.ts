import { expect, test } from "vitest";
import { RingdownError } from "../errors/ringdown-error.ts";
import { errorTable } from "../errors/table.ts";
import { problemOf } from "./problem.ts";

test("a known error tells its code, sentence and hint", () => {
  expect(problemOf(new RingdownError("name_taken", "A source is called x."), "id-1")).toEqual({
    type: "urn:ringdown:error:name_taken",
    title: "Name taken",
    status: 409,
    detail: "A source is called x.",
    code: "name_taken",
    requestId: "id-1",
    hint: errorTable.name_taken.hint,
    retryable: false,
    problems: [],
  });
});

test("[I8] an unexpected error tells nothing about itself", () => {
  const error = new Error("secret whsec_abc", { cause: new Error("also secret") });
  const problem = JSON.stringify(problemOf(error, "id-1"));
  expect(problem).toContain("internal_error");
  expect(problem).not.toMatch(/secret|whsec|problem\.test/);
});

test("[I8] of the details only well-formed problems are shown", () => {
  const error = new RingdownError("config_invalid", "Two problems.", {
    details: {
      secret: "whsec_abc",
      problems: [
        {
          path: "sources.a",
          message: "unknown key",
          line: 3,
          column: 5,
          suggestion: "verify",
          value: "whsec",
        },
        { path: 7, message: "whole" },
        { message: 9 },
        "text",
        null,
      ],
    },
  });
  const problem = problemOf(error, "id-1");
  expect(problem.problems).toEqual([
    { path: "sources.a", message: "unknown key", line: 3, column: 5, suggestion: "verify" },
    { path: "", message: "whole", line: null, column: null, suggestion: null },
  ]);
  expect(JSON.stringify(problem)).not.toContain("whsec");
});
