/**
 * Which of its source's routes an event takes, and why not the others. Pure.
 *
 * An event goes to each destination at most once: the first matching route in the order of the
 * configuration wins, later ones leading there are `already_routed`.
 *
 * Cost: a route without a condition costs one comparison; nothing is parsed unless a condition
 * looks at the body. Sources have few routes, so the check for a repeated destination is a scan.
 */
import type {
  ActiveRoute,
  ActiveSource,
  EventContext,
  MatchResult,
  RouteDecision,
  RoutingResult,
} from "../model/active.ts";
import type { Target } from "../model/request.ts";

/** Never throws. */
export function matchRoutes(source: ActiveSource, context: EventContext): RoutingResult {
  const targets: Target[] = [];
  const decisions: RouteDecision[] = [];
  for (const route of source.routes) {
    const decision = decide(route, decisions, context);
    decisions.push(decision);
    if (decision.decision === "matched") {
      targets.push({ routeNo: route.no, destinationNo: route.destinationNo });
    }
  }
  return { targets, decisions };
}

function decide(
  route: ActiveRoute,
  earlier: readonly RouteDecision[],
  context: EventContext,
): RouteDecision {
  if (!route.enabled) return { route, decision: "disabled" };
  const result = route.when === undefined ? MATCHED : route.matches(context);
  if (!result.matched) return { route, decision: result.kind, reason: result.reason };
  const first = earlier.find(
    (other) => other.decision === "matched" && other.route.destinationNo === route.destinationNo,
  );
  if (first === undefined) return { route, decision: "matched" };
  return { route, decision: "already_routed", by: first.route.name };
}

const MATCHED: MatchResult = { matched: true };
