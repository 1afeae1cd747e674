/** The results as CI systems read them: JUnit XML, as Jenkins, GitLab and GitHub understand it. */
import type { Verdict } from "./case.ts";

export type CaseResult = Verdict & {
  readonly name: string;
  readonly title: string;
  readonly durationMs: number;
};

export function formatJunit(suite: string, results: readonly CaseResult[]): string {
  const count = (outcome: Verdict["outcome"]): number =>
    results.filter((result) => result.outcome === outcome).length;
  const seconds = results.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="${escapeXml(suite)}" tests="${results.length}" failures="${count("failed")}" skipped="${count("not_applicable")}" time="${seconds.toFixed(3)}">`,
    ...results.map((result) => formatCase(suite, result)),
    "</testsuite>",
    "",
  ].join("\n");
}

function formatCase(suite: string, result: CaseResult): string {
  const { name, title, outcome, detail, durationMs } = result;
  const open = `  <testcase classname="${escapeXml(suite)}" name="${escapeXml(`${name}: ${title}`)}" time="${(durationMs / 1000).toFixed(3)}"`;
  const text = escapeXml(detail);
  switch (outcome) {
    case "passed":
      return `${open}/>`;
    case "warned":
      return `${open}>\n    <system-out>warning: ${text}</system-out>\n  </testcase>`;
    case "failed":
      return `${open}>\n    <failure message="${text}"/>\n  </testcase>`;
    case "not_applicable":
      return `${open}>\n    <skipped message="${text}"/>\n  </testcase>`;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Control characters have no form in XML 1.0: what a receiver says may hold some (I12). */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g, "?")
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
