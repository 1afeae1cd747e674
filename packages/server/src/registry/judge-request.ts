/** Routes a request by a source as ingest does, without verifying it: for tests and comparisons. */
import { headersFromRaw } from "@ringdown/receiver";
import type { ActiveSource, EventContext, RoutingResult } from "../model/active.ts";
import type { StoredRequest } from "../model/request.ts";
import { createEventContext } from "../routing/event-context.ts";
import { matchRoutes } from "../routing/match-routes.ts";

export type RoutableRequest = Pick<StoredRequest, "method" | "path" | "query" | "headers" | "body">;

/** Pure, never throws. */
export function routeRequest(source: ActiveSource, request: RoutableRequest): RoutingResult {
  return matchRoutes(source, eventOf(source, request));
}

/** What expressions see of the request, its event type included. */
export function eventOf(source: ActiveSource, request: RoutableRequest): EventContext {
  const { method, path, query, headers, body } = request;
  const untyped = createEventContext({
    method,
    path,
    query,
    headers,
    body,
    source: source.name,
    eventType: "",
  });
  const input = { method, url: "", headers: headersFromRaw(headers), body, nowMs: 0 };
  return { ...untyped, eventType: source.eventTypeOf(input, untyped) };
}
