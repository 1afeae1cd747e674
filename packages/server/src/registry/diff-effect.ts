/**
 * What a change of the configuration would have meant for requests of the past: back-testing for
 * `ringdown diff`. Requests are streamed through; nothing but counts is kept.
 */
import type { ActiveConfig, RouteDecision } from "../model/active.ts";
import type { DiffEffect } from "../model/diff-effect.ts";
import type { RoutableRequest } from "./judge-request.ts";
import { routeRequest } from "./judge-request.ts";

export type PastRequest = RoutableRequest & { readonly sourceNo: number };

export type DiffEffectCounter = {
  /** Requests of a source that one of the configurations does not have count as taking no route there. */
  add(request: PastRequest): void;
  result(): DiffEffect;
};

type Counts = { before: number; after: number; gained: number; lost: number };

/** Sources and routes are the same if their names are: numbers of a plan are not given yet. */
export function createDiffEffect(before: ActiveConfig, after: ActiveConfig): DiffEffectCounter {
  const names = [before, after].flatMap(({ routesByNo }) =>
    [...routesByNo.values()].map(({ name }) => name),
  );
  const counts = new Map<string, Counts>(
    [...new Set(names)]
      .toSorted()
      .map((name) => [name, { before: 0, after: 0, gained: 0, lost: 0 }]),
  );
  let requestCount = 0;

  return {
    add(request) {
      requestCount += 1;
      const name = before.sourcesByNo.get(request.sourceNo)?.name ?? "";
      const was = routesTaken(before, name, request);
      const is = routesTaken(after, name, request);
      for (const [route, count] of counts) tally(count, was.has(route), is.has(route));
    },
    result: () => ({
      requestCount,
      routes: [...counts].map(([route, count]) => ({ route, ...count })),
    }),
  };
}

function tally(count: Counts, ...[was, is]: readonly [boolean, boolean]): void {
  count.before += Number(was);
  count.after += Number(is);
  count.gained += Number(is && !was);
  count.lost += Number(was && !is);
}

function routesTaken(
  config: ActiveConfig,
  sourceName: string,
  request: RoutableRequest,
): ReadonlySet<string> {
  const source = config.sourcesByName.get(sourceName);
  if (source === undefined) return new Set();
  const { decisions } = routeRequest(source, request);
  return new Set(decisions.filter(isTaken).map(({ route }) => route.name));
}

function isTaken({ decision }: RouteDecision): boolean {
  return decision === "matched" || decision === "already_routed";
}
