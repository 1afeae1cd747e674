/** Turns stored requests into what callers see. Bodies never pass through here. */
import type { Reference } from "../context.ts";
import { type ApiContext, deliveryIdOf, eventIdOf, referenceTo, requestIdOf } from "../context.ts";
import type { StoredRequest, Verification } from "../../model/request.ts";
import type { RequestSummary } from "../../storage/storage.ts";
import { formatTime } from "../../support/time.ts";
import { credentialNamesOf, maskHeaders, maskQuery } from "./mask.ts";
import type { RequestDetail, RequestItem, TargetView, VerificationView } from "./schema.ts";

export async function requestItem(
  context: ApiContext,
  summary: RequestSummary,
): Promise<RequestItem> {
  context.facts.remember(summary);
  const source = referenceTo(context, "sources", summary.sourceNo);
  const duplicateOf = await recordOf(context, summary.duplicateOf);
  const releases = await recordOf(context, summary.releases);
  return {
    id: requestIdOf(context, summary),
    eventId: summary.outcome === "accepted" ? eventIdOf(context, summary) : null,
    outcome: summary.outcome,
    cause: summary.cause ?? null,
    receivedAt: formatTime(summary.receivedAtMs),
    source: source.name,
    sourceId: source.id,
    method: summary.method,
    path: summary.path,
    query: maskQuery(summary.query, credentialNames(context, source)),
    remoteAddress: summary.remoteAddress,
    contentType: headerOf(summary.headers, "content-type"),
    bodyBytes: summary.bodyBytes,
    eventType: textOrNull(summary.eventType),
    idempotencyKey: summary.releases === undefined ? textOrNull(summary.idempotencyKey) : null,
    verification: verificationView(summary.verification),
    duplicateOf: duplicateOf === undefined ? null : eventIdOf(context, duplicateOf),
    conflict: summary.conflict === true,
    releases: releases === undefined ? null : requestIdOf(context, releases),
    targets: targetViews(context, summary),
  };
}

export async function requestDetail(
  context: ApiContext,
  summary: RequestSummary,
): Promise<RequestDetail> {
  const source = referenceTo(context, "sources", summary.sourceNo);
  return {
    ...(await requestItem(context, summary)),
    headers: maskHeaders(summary.headers, credentialNames(context, source)),
    configVersion: summary.configVersion,
  };
}

function targetViews(context: ApiContext, summary: RequestSummary): readonly TargetView[] {
  if (summary.outcome !== "accepted") return [];
  return summary.targets.map(({ routeNo, destinationNo }) => {
    const route = referenceTo(context, "routes", routeNo);
    const destination = referenceTo(context, "destinations", destinationNo);
    return {
      route: route.name,
      routeId: route.id,
      destination: destination.name,
      destinationId: destination.id,
      deliveryId: deliveryIdOf(summary, { destinationNo, ordinal: 0 }),
    };
  });
}

export function summaryOf(request: StoredRequest): RequestSummary {
  const { body, ...summary } = request;
  return { ...summary, bodyBytes: body.length };
}

export function verificationView(verification: Verification): VerificationView {
  return {
    status: verification.status,
    reason: verification.reason ?? null,
    message: verification.message ?? null,
    hint: verification.hint ?? null,
    secretIndex: verification.secretIndex ?? null,
    ageMs: verification.ageMs ?? null,
  };
}

export function textOrNull(text: string): string | null {
  return text === "" ? null : text;
}

/** The first value of a header, whatever its case. */
export function headerOf(headers: readonly string[], lowerName: string): string | null {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (headers[i]?.toLowerCase() === lowerName) return headers[i + 1] ?? null;
  }
  return null;
}

function credentialNames(context: ApiContext, source: Reference): ReadonlySet<string> {
  const resource =
    source.id === null ? undefined : context.deps.registry.find("sources", source.id);
  return credentialNamesOf(resource?.spec);
}

async function recordOf(
  context: ApiContext,
  sequence: number | undefined,
): ReturnType<ApiContext["facts"]["of"]> {
  return sequence === undefined ? undefined : context.facts.of(sequence);
}
