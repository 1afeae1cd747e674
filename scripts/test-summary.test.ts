/** The last line of `npm test` must never be kinder than the run was. */
import { expect, test } from "vitest";
import { type Report, summarize } from "./test-summary.ts";

function reportOf(...statuses: string[]): Report {
  const assertionResults = statuses.map((status, index) => ({ fullName: `test ${index}`, status }));
  const status = statuses.includes("failed") ? "failed" : "passed";
  return { testResults: [{ name: "a.test.ts", status, assertionResults }] };
}

test("passed and failed tests are counted", () => {
  const summary = summarize(reportOf("passed", "failed", "passed"), 1);
  expect(summary).toEqual({ passed: 2, failed: 1, remarks: [] });
});

test.each(["skipped", "pending", "todo", "disabled"])("a %s test counts as failed", (status) => {
  const summary = summarize(reportOf("passed", status), 0);
  expect(summary.failed).toBe(1);
  expect(summary.remarks).toEqual(["skipped, which counts as failed: test 1"]);
});

test("a file that could not be loaded counts as one failure", () => {
  const broken = { name: "b.test.ts", status: "failed", assertionResults: [] };
  const report = { testResults: [...reportOf("passed").testResults, broken] };
  expect(summarize(report, 1)).toEqual({
    passed: 1,
    failed: 1,
    remarks: ["could not run: b.test.ts"],
  });
});

test("an error outside of any test counts as one failure", () => {
  expect(summarize(reportOf("passed"), 1)).toMatchObject({ passed: 1, failed: 1 });
});

test("no report at all is a failure", () => {
  expect(summarize(undefined, 1)).toMatchObject({ passed: 0, failed: 1 });
});

test("a run without tests says so", () => {
  expect(summarize(reportOf(), 0)).toEqual({ passed: 0, failed: 0, remarks: ["no test ran"] });
});
