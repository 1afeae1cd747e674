/**
 * `ringdown test`: runs the `tests:` of the configuration file with the matcher that the gateway
 * uses. Offline: no server, no network, no secrets.
 */
import type { ConfigTestResult } from "@ringdown/server";
import type { Command } from "commander";
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { configPathOf } from "../config-path.ts";
import type { ExitName } from "../exit-codes.ts";
import type { Output } from "../output/output.ts";
import { printable } from "../output/printable.ts";
import { formatCount } from "../output/units.ts";
import type { Perform, Session } from "../session.ts";

const NOTES = `
Fixtures are found relative to the file. Exit code 0: all passed; 2: some did not.`;

export function defineTest(command: Command, perform: Perform): void {
  command.addHelpText("after", NOTES).action(() => perform(test));
}

async function test({ globals, output }: Session): Promise<ExitName> {
  const path = configPathOf(globals);
  const { loadConfigFile, runConfigTests } = await import("@ringdown/server");
  const { document } = loadConfigFile(path);
  const results = runConfigTests(document, (fixture) =>
    readFileSync(resolve(dirname(path), fixture), "utf8"),
  );
  for (const result of results) showResult(output, result);
  const failedCount = results.filter(({ outcome }) => outcome !== "passed").length;
  const passedCount = results.length - failedCount;
  output.show({ type: "result", file: path, passedCount, failedCount }, () => {
    if (results.length === 0) return `${path} has no tests.`;
    const passed = `${formatCount(passedCount, "test")} passed`;
    return failedCount === 0 ? passed : `${passed}, ${String(failedCount)} failed`;
  });
  return failedCount === 0 ? "done" : "no";
}

function showResult(output: Output, result: ConfigTestResult): void {
  output.show({ type: "test", ...result }, () => {
    const { style } = output;
    const name = printable(result.name);
    if (result.outcome === "passed") return `${style.good("✓")} ${name}`;
    const heading = `${style.bad("✗")} ${name}`;
    if (result.problem !== undefined) return `${heading}\n    ${printable(result.problem)}`;
    return [heading, ...differences(result)].join("\n");
  });
}

function differences({
  expected,
  actual,
  missed,
  transformed,
}: ConfigTestResult): readonly string[] {
  const absent = expected.filter((route) => !actual.includes(route));
  const surplus = actual.filter((route) => !expected.includes(route));
  return [
    ...absent.map((route) => {
      const reason = missed.find((one) => one.route === route)?.reason;
      const why = reason === undefined ? "" : `: ${printable(reason)}`;
      return `    expected ${route}, which was not taken${why}`;
    }),
    ...surplus.map((route) => `    took ${route}, which was not expected`),
    ...transformed.flatMap(({ route, problems }) =>
      problems.map((problem) => `    ${route}: ${printable(problem)}`),
    ),
  ];
}
