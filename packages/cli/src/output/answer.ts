/** What a sender got back, for a person: status, time, and the beginning of the body. */
import type { ReceivedAnswer } from "../exchange.ts";
import type { ExitName } from "../exit-codes.ts";
import type { Output } from "./output.ts";
import { printableBlock } from "./printable.ts";
import { formatDuration } from "./units.ts";

const SHOWN_CHARACTERS = 500;

export function showAnswer(
  output: Output,
  answer: ReceivedAnswer,
  sent: Readonly<Record<string, unknown>>,
): ExitName {
  const { status, durationMs } = answer;
  const ok = status >= 200 && status < 300;
  const body = answer.body.toString("utf8");
  const record = { type: "answer", ok, status, ms: Math.round(durationMs), ...sent, body };
  output.show(record, () => {
    const { style } = output;
    const mark = ok ? style.good(`✓ ${String(status)}`) : style.bad(`✗ ${String(status)}`);
    const shown = printableBlock(body.slice(0, SHOWN_CHARACTERS)).trimEnd();
    return `${mark}  ${style.faint(formatDuration(durationMs))}  ${shown}`.trimEnd();
  });
  return ok ? "done" : "failed";
}
