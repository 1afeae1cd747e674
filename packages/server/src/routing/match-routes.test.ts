import { describe, expect, test } from "vitest";
import type { ActiveRoute, ActiveSource } from "../model/active.ts";
import { createEventContext } from "./event-context.ts";
import { compileCondition } from "./expression.ts";
import { matchRoutes } from "./match-routes.ts";

type RouteParts = { no: number; to: number; when?: string; enabled?: false };

function route({ no, to, when, enabled }: RouteParts): ActiveRoute {
  const common = {
    no,
    id: `rte_${no}`,
    name: `route-${no}`,
    enabled: enabled ?? true,
    destinationNo: to,
    destinationName: `destination-${to}`,
    forward: "raw" as const,
  };
  if (when === undefined) return { ...common, matches: () => ({ matched: true }) };
  const condition = compileCondition(when);
  return { ...common, when, matches: (context) => condition.evaluate(context) };
}

function sourceWith(routes: readonly ActiveRoute[]): ActiveSource {
  return {
    no: 1,
    id: "src_1",
    name: "s",
    provider: "generic",
    enabled: true,
    verify: () => ({ verified: true }) as never,
    onFailed: "reject",
    asksUnverified: false,
    handshake: () => undefined,
    eventTypeOf: () => "",
    idempotencyKeyOf: () => "",
    dedupeWindowMs: 0,
    bodyLimitBytes: 1,
    response: { status: 200, headers: [] },
    routes,
  };
}

function contextOf(body: string) {
  return createEventContext({
    method: "POST",
    path: "",
    query: "",
    headers: [],
    body: Buffer.from(body),
    source: "s",
    eventType: "",
  });
}

function decide(routes: readonly ActiveRoute[], body = '{"type":"a"}') {
  const { targets, decisions } = matchRoutes(sourceWith(routes), contextOf(body));
  return { targets, decisions: decisions.map(({ route: decided, ...rest }) => [decided.no, rest]) };
}

describe("matching routes", () => {
  test("every decision is recorded in the order of the configuration", () => {
    const routes = [
      route({ no: 1, to: 10, when: 'body.type == "a"' }),
      route({ no: 2, to: 20, when: 'body.type == "b"' }),
      route({ no: 3, to: 30, when: "body.gone == 1" }),
      route({ no: 4, to: 40, enabled: false }),
      route({ no: 5, to: 10 }),
      route({ no: 6, to: 60 }),
      route({ no: 7, to: 60, when: "false" }),
    ];
    expect(decide(routes)).toEqual({
      targets: [
        { routeNo: 1, destinationNo: 10 },
        { routeNo: 6, destinationNo: 60 },
      ],
      decisions: [
        [1, { decision: "matched" }],
        [2, { decision: "filtered", reason: 'body.type == "b": was "a"' }],
        [3, { decision: "error", reason: "body.gone is missing" }],
        [4, { decision: "disabled" }],
        [5, { decision: "already_routed", by: "route-1" }],
        [6, { decision: "matched" }],
        [7, { decision: "filtered", reason: "false: was false" }],
      ],
    });
  });

  test("a route that was filtered does not take the destination from a later one", () => {
    const routes = [route({ no: 1, to: 10, when: "false" }), route({ no: 2, to: 10 })];
    expect(decide(routes).targets).toEqual([{ routeNo: 2, destinationNo: 10 }]);
  });

  test("a source without routes has no targets", () => {
    expect(decide([])).toEqual({ targets: [], decisions: [] });
  });

  test("routes without a condition leave the body alone", () => {
    const context = {
      ...contextOf("{}"),
      json: () => {
        throw new Error("parsed");
      },
    };
    const { targets } = matchRoutes(sourceWith([route({ no: 1, to: 10 })]), context);
    expect(targets).toHaveLength(1);
  });
});
