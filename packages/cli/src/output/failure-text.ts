/** A failure as people read it: what, then where, then the one thing that fixes it. */
import type { Failure } from "../failure.ts";
import { printable } from "./printable.ts";
import type { Style } from "./style.ts";

export function formatFailure(failure: Failure, style: Style): string {
  const lines = [`${style.bad("error")}: ${printable(failure.what)}`];
  for (const detail of failure.details) lines.push(`  ${printable(detail)}`);
  if (failure.fix !== undefined) lines.push(`  ${style.faint("→")} ${printable(failure.fix)}`);
  if (failure.requestId !== undefined) {
    lines.push(style.faint(`  ${failure.code ?? ""} in request ${printable(failure.requestId)}`));
  }
  if (failure.stack !== undefined) lines.push(style.faint(failure.stack));
  return `${lines.join("\n")}\n`;
}
