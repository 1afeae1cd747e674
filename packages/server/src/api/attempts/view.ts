/** Turns recorded attempts into what callers see. */
import type { AttemptRecord } from "../../model/delivery.ts";
import { type ApiContext, attemptIdOf, deliveryIdOf, eventIdOf, referenceTo } from "../context.ts";
import { causeText } from "../deliveries/view.ts";
import type { RecordFacts } from "../facts.ts";
import { maskHeaders } from "../requests/mask.ts";
import { textOrNull } from "../requests/view.ts";
import { formatTime } from "../../support/time.ts";
import type { AttemptDetail, AttemptItem, CapturedResponse } from "./schema.ts";

export function attemptItem(
  context: ApiContext,
  event: RecordFacts,
  attempt: AttemptRecord,
): AttemptItem {
  const source = referenceTo(context, "sources", event.sourceNo);
  const destination = referenceTo(context, "destinations", attempt.destinationNo);
  return {
    id: attemptIdOf(event, attempt),
    deliveryId: deliveryIdOf(event, attempt),
    eventId: eventIdOf(context, event),
    eventType: textOrNull(event.eventType),
    source: source.name,
    sourceId: source.id,
    destination: destination.name,
    destinationId: destination.id,
    number: attempt.number,
    trigger: attempt.trigger,
    startedAt: formatTime(attempt.startedAtMs),
    durationMs: attempt.durationMs,
    outcome: attempt.outcome,
    cause: attempt.cause ?? null,
    causeText: causeText(attempt.cause),
    detail: attempt.detail ?? null,
    status: attempt.status ?? null,
    remoteAddress: attempt.remoteAddress ?? null,
  };
}

export function attemptDetail(
  context: ApiContext,
  event: RecordFacts,
  attempt: AttemptRecord,
): AttemptDetail {
  return { ...attemptItem(context, event, attempt), response: capturedResponse(attempt) };
}

/**
 * The item of an attempt whose event is looked up first; undefined when the event is no longer
 * stored.
 */
export async function attemptItemOf(
  context: ApiContext,
  attempt: AttemptRecord,
): Promise<AttemptItem | undefined> {
  const event = await context.facts.of(attempt.sequence);
  return event === undefined ? undefined : attemptItem(context, event, attempt);
}

function capturedResponse(attempt: AttemptRecord): CapturedResponse | null {
  const { status, responseHeaders, responseBody } = attempt;
  if (responseHeaders === undefined && responseBody === undefined) return null;
  const body = responseBody ?? new Uint8Array(0);
  return {
    status: status ?? null,
    headers: maskHeaders(responseHeaders ?? []),
    bodyBase64: Buffer.from(body).toString("base64"),
    bodyText: utf8OrNull(body),
    truncated: attempt.responseTruncated === true,
  };
}

/** A capture that was cut may end within a character: what comes before it is still text. */
function utf8OrNull(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return null;
  }
}
