/**
 * Where outcomes go if nobody asks for them: what needs a person's attention, to the console.
 *
 * Silence would be the worse default: a wrong secret or a forgotten body parser would be a 401 or a
 * 500 without a word. Nothing secret is printed, and of what the sender chose at most the event's id
 * and type, quoted, so that it cannot write lines of its own into a log.
 */
import type { WebhookEvent } from "./event.ts";
import type { ReceiveOutcome } from "./outcome.ts";

export function reportToConsole(outcome: ReceiveOutcome): void {
  const line = describe(outcome);
  if (line === undefined) return;
  const isSaid = outcome.kind === "body_consumed";
  const errors = "error" in outcome && !isSaid ? [outcome.error] : [];
  // oxlint-disable-next-line no-console -- the documented default, replaced by onOutcome
  console.error(`webhook ${outcome.kind}: ${line}`, ...errors);
}

const SENTENCES: Partial<Record<ReceiveOutcome["kind"], string>> = {
  body_too_large: "The body is longer than maxBodyBytes.",
  body_timed_out: "The body did not arrive within bodyTimeoutMs.",
  internal_error: "Something threw that must not.",
  overloaded: "maxConcurrent requests are being worked on.",
};

/** `undefined` for what needs nobody's attention. */
function describe(outcome: ReceiveOutcome): string | undefined {
  switch (outcome.kind) {
    case "rejected":
      return `${outcome.failure.message} ${outcome.failure.hint}`;
    case "failed":
      return `onEvent threw for ${nameOf(outcome.event)}.`;
    case "store_failed":
      return `The store failed to ${outcome.during} ${nameOf(outcome.event)}.`;
    case "body_consumed":
      return `${outcome.error.message} ${outcome.error.hint}`;
    default:
      return SENTENCES[outcome.kind];
  }
}

function nameOf({ type, id }: WebhookEvent): string {
  return `the event ${JSON.stringify(id ?? "without an id")} of the type ${JSON.stringify(type ?? "unknown")}`;
}
