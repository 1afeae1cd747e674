/** Turns accepted requests into the events that callers see. */
import type { RequestSummary } from "../../storage/storage.ts";
import { type ApiContext, eventIdOf } from "../context.ts";
import type { RequestItem } from "../requests/schema.ts";
import { requestDetail, requestItem } from "../requests/view.ts";
import type { EventDetail, EventItem } from "./schema.ts";

export async function eventItem(context: ApiContext, summary: RequestSummary): Promise<EventItem> {
  return itemOf(context, summary, await requestItem(context, summary));
}

export async function eventDetail(
  context: ApiContext,
  summary: RequestSummary,
): Promise<EventDetail> {
  const request = await requestDetail(context, summary);
  const { method, path, query, headers } = request;
  return { ...itemOf(context, summary, request), method, path, query, headers };
}

function itemOf(context: ApiContext, summary: RequestSummary, request: RequestItem): EventItem {
  return {
    id: eventIdOf(context, summary),
    requestId: request.id,
    source: request.source,
    sourceId: request.sourceId,
    eventType: request.eventType,
    idempotencyKey: request.idempotencyKey,
    receivedAt: request.receivedAt,
    verification: request.verification.status,
    contentType: request.contentType,
    bodyBytes: request.bodyBytes,
    targets: request.targets,
  };
}
