/**
 * The names that an expression may use, by what it is about: an event that is being routed, an event
 * that is being delivered, or the answer of a destination. One table each; what is unknown is an
 * error when the configuration is compiled.
 *
 * Cost: a function call per use. Maps and texts are made when they are first asked for.
 */
import { type Evaluation, fail, type Result } from "./evaluation.ts";
import { headersOf, queryOf } from "./event-context.ts";
import type { Run } from "./macros.ts";
import type { Value } from "./values.ts";

export type Variables = Readonly<Record<string, Run>>;

/** For `when`, event types, idempotency and order keys. */
export const EVENT_VARIABLES: Variables = {
  body: (run) => jsonOf(run, "the body is neither JSON nor a form"),
  headers: (run) => headersOf(run.context),
  query: (run) => queryOf(run.context),
  method: (run) => run.context.method,
  path: (run) => run.context.path,
  eventType: (run) => run.context.eventType,
  source: (run) => run.context.source,
};

/** For transformations: the event has an id and a time by then (RFC 3339, when it was received). */
export const DELIVERY_VARIABLES: Variables = {
  ...EVENT_VARIABLES,
  eventId: (run) => run.known["eventId"] ?? "",
  eventTime: (run) => run.known["eventTime"] ?? "",
};

/** For success conditions. `text` is what was kept of the body; `body` is that as JSON. */
export const ANSWER_VARIABLES: Variables = {
  status: (run) => run.known["status"] ?? 0,
  headers: (run) => headersOf(run.context),
  // What was cut might still parse, as something else than what was answered.
  body: (run) =>
    run.known["truncated"] === true
      ? fail(run, () => `the answer is longer than the ${run.context.body.length} bytes kept of it`)
      : jsonOf(run, "the answer is not JSON"),
  text: (run) => new TextDecoder().decode(run.context.body),
};

function jsonOf(run: Evaluation, otherwise: string): Result {
  const body = run.context.json();
  return body === undefined ? fail(run, () => otherwise) : (body as Value);
}
