/** docs/reference/errors.md: every code an answer of the API can carry, from the error table. */
import { errorTable } from "../../packages/server/src/errors/table.ts";
import {
  END_CAUSES,
  FAILURE_CAUSES,
  WAIT_CAUSES,
} from "../../packages/server/src/model/delivery.ts";
import { REJECTION_CAUSES } from "../../packages/server/src/model/request.ts";
import type { Output } from "../generate.ts";

const INTRODUCTION = `# Errors and causes

Made from \`packages/server/src/errors/table.ts\` and \`packages/server/src/model/\` by
\`npm run generate\`; change it there.

## Errors

What the API, the command line and the log call an operation that could not be done. The API answers
\`application/problem+json\` (RFC 9457) with \`code\`, \`detail\`, \`hint\` and \`requestId\`. Branch on
\`code\`; the words may change. *Retry* says whether the same call may succeed later by itself.
`;

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");
}

function errorRows(): readonly (readonly string[])[] {
  return Object.entries(errorTable).map(([code, { status, retryable, hint }]) => [
    `<a id="${code}"></a>\`${code}\``,
    String(status),
    retryable ? "yes" : "no",
    hint,
  ]);
}

function causeRows(causes: Readonly<Record<string, string>>): readonly (readonly string[])[] {
  return Object.entries(causes).map(([cause, text]) => [`\`${cause}\``, text]);
}

export function outputs(): Promise<Output[]> {
  const text = [
    INTRODUCTION,
    table(["code", "status", "retry", "what to do"], errorRows()),
    "\n## Why a request was refused\n\n`cause` of a request with the outcome `rejected`.\n",
    table(["cause", "meaning"], causeRows(REJECTION_CAUSES)),
    "\n## Why an attempt failed\n\n`cause` of an attempt, and of a delivery that is being retried.\n",
    table(["cause", "meaning"], causeRows(FAILURE_CAUSES)),
    "\n## Why a delivery ended\n\n`cause` of a delivery that is `dead` or `cancelled`, besides the above.\n",
    table(["cause", "meaning"], causeRows(END_CAUSES)),
    "\n## Why a delivery waits\n\n`cause` of a delivery that is `pending` before its first attempt.\n",
    table(["cause", "meaning"], causeRows(WAIT_CAUSES)),
    "",
  ].join("\n");
  return Promise.resolve([{ path: "docs/reference/errors.md", text }]);
}
