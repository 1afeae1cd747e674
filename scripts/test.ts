/**
 * Runs every test: `npm test`, or some: `npm test -- --project unit packages/server/src/model`
 * (everything after `--` goes to vitest). The last line is always `N passed, N failed`.
 *
 * What counts as failed: a failed test, a skipped one (nothing is skipped silently: what cannot run
 * somewhere has to be made to run), a test file that could not be loaded, and a run that ended in
 * error without any of these. A run in which no test passed or failed is an error, too.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Report, summarize } from "./test-summary.ts";

const ROOT: string = resolve(import.meta.dirname, "..");

function runVitest(reportPath: string): Promise<number> {
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportPath}`];
  const child = spawn(process.execPath, [vitest, "run", ...reporters, ...process.argv.slice(2)], {
    cwd: ROOT,
    stdio: "inherit",
  });
  return new Promise((done) => {
    child.on("error", () => done(1));
    child.on("exit", (code) => done(code ?? 1));
  });
}

function readReport(path: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Report;
  } catch {
    // vitest ended before it could write one.
    return undefined;
  }
}

const folder = mkdtempSync(join(tmpdir(), "ringdown-test-"));
try {
  const reportPath = join(folder, "report.json");
  const exitCode = await runVitest(reportPath);
  const summary = summarize(readReport(reportPath), exitCode);
  for (const line of summary.remarks) console.log(line);
  console.log(`${summary.passed} passed, ${summary.failed} failed`);
  process.exitCode = summary.failed === 0 && summary.passed > 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
