/**
 * The success condition of a destination: an expression over what it answered.
 *
 * What is looked at is what was kept of the answer (`responseCaptureBytes`, 16 KiB unless set): for
 * a longer one `body` is missing and `text` is its beginning. An answer that cannot be judged is not
 * accepted. Never throws (I12).
 *
 * Cost: only where a destination has a condition; then a microsecond and parsing the answer.
 */
import type { DestinationAnswer, MatchResult } from "../model/active.ts";
import { type Scope, scopeOf } from "./compile.ts";
import { createEventContext } from "./event-context.ts";
import { compileTest } from "./expression.ts";
import { ANSWER_VARIABLES } from "./variables.ts";

const SCOPE: Scope = scopeOf(ANSWER_VARIABLES);

/** @throws ExpressionError with the position of what is wrong */
export function compileSuccess(text: string): (answer: DestinationAnswer) => MatchResult {
  const test = compileTest(text, SCOPE);
  return ({ status, headers, body, truncated }) =>
    test(createEventContext({ ...NO_REQUEST, headers, body }), { status, truncated });
}

const NO_REQUEST = { method: "", path: "", query: "", source: "", eventType: "" } as const;
