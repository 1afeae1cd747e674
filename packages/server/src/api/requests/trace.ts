/**
 * The decision trace: what happened to a request, step by step, and why (I7).
 *
 * Nothing of it is stored as text. What was decided is in the stored record; why a route did not
 * match is found by judging it again, with the configuration that was in force: conditions are
 * pure, so the answer is the same. The recorded targets stay the truth; should they ever differ,
 * the step says so instead of hiding it.
 */
import type { RouteDecision } from "../../model/active.ts";
import { REJECTION_CAUSES, type StoredRequest } from "../../model/request.ts";
import { type ApiContext, eventIdOf, referenceTo, requestIdOf } from "../context.ts";
import { deriveDeliveries, type Derived } from "../deliveries/derive.ts";
import { deliveryItem } from "../deliveries/view.ts";
import { formatTime } from "../../support/time.ts";
import type { RouteStep, Trace, TraceStep } from "./trace-schema.ts";
import { summaryOf, verificationView } from "./view.ts";

export async function buildTrace(context: ApiContext, request: StoredRequest): Promise<Trace> {
  const summary = summaryOf(request);
  const isEvent = request.outcome === "accepted";
  const deliveries = isEvent ? await deriveDeliveries(context, summary) : [];
  const decisions = isEvent ? await decisionsOf(context, request) : undefined;
  return {
    requestId: requestIdOf(context, request),
    eventId: isEvent ? eventIdOf(context, request) : null,
    outcome: request.outcome,
    verification: verificationView(request.verification),
    steps: [
      received(context, request),
      admitted(request),
      verified(request),
      await deduplicated(context, request),
      stored(context, request),
      routed(request, decisions),
    ],
    routes: (decisions ?? []).map((decision) => routeStep(context, decision, deliveries)),
    deliveries: deliveries.map((delivery) => deliveryItem(context, delivery)),
    configVersion: request.configVersion,
  };
}

/** Undefined when the configuration or the source of that time is no longer kept. */
async function decisionsOf(
  { deps }: ApiContext,
  request: StoredRequest,
): Promise<readonly RouteDecision[] | undefined> {
  const active = await deps.registry.activeAt(request.configVersion);
  const source = active?.sourcesByNo.get(request.sourceNo);
  return source === undefined ? undefined : deps.explainRoutes(source, request);
}

function received(context: ApiContext, request: StoredRequest): TraceStep {
  const source = referenceTo(context, "sources", request.sourceNo).name ?? "(deleted source)";
  const path = `/in/${source}${request.path}`;
  const size = `${String(request.body.length)} bytes`;
  return {
    step: "received",
    status: "ok",
    summary: `${request.method} ${path}, ${size} from ${request.remoteAddress}`,
    at: formatTime(request.receivedAtMs),
  };
}

/** Causes that verification itself gives; all others stop a request before it. */
const VERIFICATION_CAUSES: ReadonlySet<string> = new Set([
  "verification_failed",
  "timestamp_out_of_tolerance",
]);

function wasAdmitted(request: StoredRequest): boolean {
  return request.cause === undefined || VERIFICATION_CAUSES.has(request.cause);
}

function admitted(request: StoredRequest): TraceStep {
  const step = { step: "admitted", at: null } as const;
  if (wasAdmitted(request)) {
    return { ...step, status: "ok", summary: "Source enabled; method, sender and size accepted." };
  }
  const why = request.cause === undefined ? "" : REJECTION_CAUSES[request.cause];
  return { ...step, status: "stopped", summary: why };
}

function verified(request: StoredRequest): TraceStep {
  const step = { step: "verified", at: null } as const;
  if (!wasAdmitted(request)) return { ...step, status: "skipped", summary: "Not looked at." };
  const { status, message, hint, secretIndex, ageMs } = request.verification;
  const which = secretIndex === undefined ? "" : ` by secret ${String(secretIndex + 1)}`;
  const age = ageMs === undefined ? "" : `, signed ${(ageMs / 1000).toFixed(1)} s before`;
  switch (status) {
    case "verified":
      return { ...step, status: "ok", summary: `The signature holds${which}${age}.` };
    case "authenticated":
      return { ...step, status: "ok", summary: `The credentials match${which}.` };
    case "unverified":
      return { ...step, status: "flagged", summary: "The source verifies nothing." };
    case "failed": {
      const summary = [message ?? "It does not verify.", hint ?? ""].join(" ").trim();
      return { ...step, status: request.outcome === "accepted" ? "flagged" : "stopped", summary };
    }
  }
}

async function deduplicated(context: ApiContext, request: StoredRequest): Promise<TraceStep> {
  const step = { step: "deduplicated", at: null } as const;
  if (request.outcome === "rejected" || request.outcome === "quarantined") {
    return { ...step, status: "skipped", summary: "Not looked at." };
  }
  if (request.idempotencyKey === "") {
    return { ...step, status: "skipped", summary: "It has no idempotency key." };
  }
  const key = `key ${JSON.stringify(request.idempotencyKey)}`;
  if (request.duplicateOf === undefined) {
    return { ...step, status: "ok", summary: `The first with ${key} in its window.` };
  }
  const original = await context.facts.of(request.duplicateOf);
  const event = original === undefined ? "an earlier event" : eventIdOf(context, original);
  const remark = request.conflict === true ? " with another body" : "";
  return { ...step, status: "stopped", summary: `Repeats ${key} of ${event}${remark}.` };
}

function stored(context: ApiContext, request: StoredRequest): TraceStep {
  return {
    step: "stored",
    status: request.outcome === "accepted" ? "ok" : "stopped",
    summary: `Kept as ${requestIdOf(context, request)}, ${request.outcome}.`,
    at: null,
  };
}

function routed(
  request: StoredRequest,
  decisions: readonly RouteDecision[] | undefined,
): TraceStep {
  const step = { step: "routed", at: null } as const;
  if (request.outcome !== "accepted") {
    return { ...step, status: "skipped", summary: "Only events are routed." };
  }
  const count = request.targets.length;
  if (decisions === undefined) {
    const summary = `To ${destinations(count)}; the configuration of that time is no longer kept.`;
    return { ...step, status: "flagged", summary };
  }
  const matched = decisions.filter(({ decision }) => decision === "matched");
  const sameTargets =
    matched.length === count &&
    matched.every(({ route }) => request.targets.some((target) => target.routeNo === route.no));
  if (!sameTargets) {
    const summary = `To ${destinations(count)}; judged again, ${String(matched.length)} routes match.`;
    return { ...step, status: "flagged", summary };
  }
  if (count === 0) return { ...step, status: "stopped", summary: "No route matched." };
  return { ...step, status: "ok", summary: `To ${destinations(count)}.` };
}

function destinations(count: number): string {
  return `${String(count)} destination${count === 1 ? "" : "s"}`;
}

function routeStep(
  context: ApiContext,
  decision: RouteDecision,
  deliveries: readonly Derived[],
): RouteStep {
  const { route } = decision;
  const delivery =
    decision.decision === "matched"
      ? deliveries.find(({ key }) => key.destinationNo === route.destinationNo && key.ordinal === 0)
      : undefined;
  return {
    route: route.name,
    routeId: route.id,
    decision: decision.decision,
    when: route.when ?? null,
    reason: reasonOf(decision),
    destination: route.destinationName,
    delivery: delivery === undefined ? null : deliveryItem(context, delivery),
  };
}

function reasonOf(decision: RouteDecision): string | null {
  switch (decision.decision) {
    case "matched":
      return null;
    case "disabled":
      return "The route is disabled.";
    case "already_routed":
      return `Route ${JSON.stringify(decision.by)} already leads to this destination.`;
    case "filtered":
    case "error":
      return decision.reason;
  }
}
