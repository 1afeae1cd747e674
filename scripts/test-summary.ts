/**
 * Turns vitest's JSON report into the two numbers that `npm test` ends with, and the remarks that
 * explain them where the report alone does not.
 */

type Assertion = { readonly fullName: string; readonly status: string };

export type Report = {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly Assertion[];
  }[];
};

export type Summary = {
  readonly passed: number;
  readonly failed: number;
  readonly remarks: readonly string[];
};

/** `exitCode` is vitest's: it may complain about what no single test did. */
export function summarize(report: Report | undefined, exitCode: number): Summary {
  const files = report?.testResults ?? [];
  const tests = files.flatMap((file) => file.assertionResults);
  const passed = tests.filter(({ status }) => status === "passed").length;
  const failed = tests.filter(({ status }) => status === "failed").length;
  const skipped = tests.filter(({ status }) => status !== "passed" && status !== "failed");
  const broken = files.filter(
    (file) =>
      file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed"),
  );

  const remarks = [
    ...skipped.map(({ fullName }) => `skipped, which counts as failed: ${fullName}`),
    ...broken.map(({ name }) => `could not run: ${name}`),
  ];
  const counted = failed + skipped.length + broken.length;
  if (counted === 0 && exitCode !== 0) {
    return { passed, failed: 1, remarks: ["vitest ended in error outside of any test; see above"] };
  }
  if (counted + passed === 0) remarks.push("no test ran");
  return { passed, failed: counted, remarks };
}
