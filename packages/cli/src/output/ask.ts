/** One question, yes or no; no is the default. Asked on standard error: it is talk. */
import { createInterface } from "node:readline/promises";
import { CliError } from "../failure.ts";
import type { Session } from "../session.ts";

/** `--yes` answers it. @throws usage when there is nobody to ask */
export async function confirm(session: Session, question: string): Promise<boolean> {
  const { io, globals } = session;
  if (globals.yes) return true;
  if (io.stdin.isTTY !== true || io.stderr.isTTY !== true) {
    throw new CliError(
      "usage",
      "This needs an answer, and nobody is there to give it.",
      "Add --yes.",
    );
  }
  const lines = createInterface({ input: io.stdin, output: io.stderr });
  try {
    const answer = await lines.question(`${question} [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
