/**
 * All resources to the configuration in force, or everything that is wrong with them. Pure but for
 * looking up references.
 *
 * A route is part of every source it comes from; it is disabled while its destination is.
 */
import type {
  ActiveConfig,
  ActiveDestination,
  ActiveRoute,
  ActiveSource,
  MatchResult,
} from "../model/active.ts";
import type { ConfigProblem } from "../model/config-problem.ts";
import type { ResourceKind } from "../model/registry.ts";
import type { ResourceSpecs } from "../model/config-schema.ts";
import { sourcesOf } from "../model/route-schema.ts";
import { suggest } from "../model/suggest.ts";
import { compileDebounce } from "./compile-debounce.ts";
import { compileDestination } from "./compile-destination.ts";
import { type CompileDeps, type Report, reporter } from "./compile-deps.ts";
import { conditionOf, transformOf } from "./compile-expressions.ts";
import { compileSource } from "./compile-source.ts";

/** A resource that has passed its schema, defaults filled in. */
export type ParsedResource<K extends ResourceKind> = {
  readonly no: number;
  readonly id: string;
  readonly name: string;
  readonly spec: ResourceSpecs[K];
};

export type ParsedResources = {
  readonly [K in ResourceKind]: readonly ParsedResource<K>[];
};

export type Compiled = {
  readonly active: ActiveConfig;
  /** With any, the configuration is not to be used. */
  readonly problems: readonly ConfigProblem[];
};

export type KnownNames = {
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
};

/**
 * What has been compiled, by the object that it was compiled from: of a thousand resources a change
 * touches one. References are looked up again only for what is not in here.
 */
export type CompileCache = WeakMap<object, unknown>;

export type CompileContext = CompileDeps & {
  /** Names that exist without being among the resources. */
  readonly known?: KnownNames;
  readonly cache?: CompileCache;
};

/** Resources of each kind in the order in which they take effect. */
export function compileResources(
  resources: ParsedResources,
  version: number,
  deps: CompileContext,
): Compiled {
  const problems: ConfigProblem[] = [];
  const destinations = compileDestinations(resources, { problems, deps });
  const routes = compileRoutes(resources, { problems, deps, destinations });
  const sources = compileSources(resources, { problems, deps, routes });
  const active: ActiveConfig = {
    version,
    sourcesByName: new Map(sources.map((source) => [source.name, source])),
    sourcesByNo: new Map(sources.map((source) => [source.no, source])),
    destinationsByNo: numberedDestinations(destinations, routes),
    routesByNo: new Map(routes.map(({ route }) => [route.no, route])),
  };
  return { active, problems };
}

/** Lanes of destinations without such a route never look for one. */
function numberedDestinations(
  destinations: ReadonlyMap<string, ActiveDestination>,
  routes: readonly RouteFrom[],
): Map<number, ActiveDestination> {
  const byNo = new Map([...destinations.values()].map((one) => [one.no, one]));
  for (const { route } of routes) {
    const destination = byNo.get(route.destinationNo);
    if (route.debounce === undefined || destination === undefined) continue;
    byNo.set(destination.no, { ...destination, debounced: true });
  }
  return byNo;
}

type Context = { readonly problems: ConfigProblem[]; readonly deps: CompileContext };

/** Compiles one part of a resource, or takes what was made from the same before. */
function compileOnce<T>(
  from: object,
  { problems, deps }: Context,
  compile: () => T | undefined,
): T | undefined {
  const known = deps.cache?.get(from) as T | undefined;
  if (known !== undefined) return known;
  const problemCount = problems.length;
  const compiled = compile();
  if (compiled !== undefined && problems.length === problemCount) deps.cache?.set(from, compiled);
  return compiled;
}

function compileDestinations(
  { destinations }: ParsedResources,
  context: Context,
): Map<string, ActiveDestination> {
  const { deps, problems } = context;
  const byName = new Map<string, ActiveDestination>();
  for (const { no, id, name, spec } of destinations) {
    const report = reporter(problems, ["destinations", name]);
    const compiled = compileOnce(spec, context, () => compileDestination(spec, { deps, report }));
    if (compiled !== undefined) byName.set(name, { no, id, name, ...compiled });
  }
  return byName;
}

type RouteFrom = { readonly route: ActiveRoute; readonly from: readonly string[] };

function compileRoutes(
  resources: ParsedResources,
  context: Context & { readonly destinations: ReadonlyMap<string, ActiveDestination> },
): RouteFrom[] {
  const { known } = context.deps;
  const namesOf = (kind: keyof KnownNames): ReadonlySet<string> =>
    new Set([...resources[kind].map(({ name }) => name), ...(known?.[kind] ?? [])]);
  const names = { sources: namesOf("sources"), destinations: namesOf("destinations") };
  return resources.routes.flatMap((resource) => {
    const report = reporter(context.problems, ["routes", resource.name]);
    checkNames(resource.spec, names, report);
    const destination = context.destinations.get(resource.spec.to);
    const { spec } = resource;
    const rules = compileOnce(spec, context, () => compileRules(spec, { ...context, report }));
    // Its destination does not compile, or does not exist: both have been reported.
    if (destination === undefined || rules === undefined) return [];
    if (spec.debounce !== undefined && destination.orderKeyOf !== undefined) {
      report(["debounce"], ORDERED_PROBLEM);
    }
    return [{ route: activeRoute(resource, { destination, rules }), from: sourcesOf(spec) }];
  });
}

type Names = { readonly sources: ReadonlySet<string>; readonly destinations: ReadonlySet<string> };

function checkNames(spec: ResourceSpecs["routes"], names: Names, report: Report): void {
  for (const [index, source] of sourcesOf(spec).entries()) {
    if (names.sources.has(source)) continue;
    const path = typeof spec.from === "string" ? ["from"] : ["from", index];
    report(path, `unknown source "${source}"`, suggestionOf(source, names.sources));
  }
  if (names.destinations.has(spec.to)) return;
  const { to } = spec;
  report(["to"], `unknown destination "${to}"`, suggestionOf(to, names.destinations));
}

function suggestionOf(name: string, known: ReadonlySet<string>): { suggestion?: string } {
  const suggestion = suggest(name, known);
  return suggestion === undefined ? {} : { suggestion };
}

/** One promises that each event arrives, in order; the other that most of them do not. */
const ORDERED_PROBLEM = "cannot be had for a destination with orderBy, which owes every event";

const MATCHED: MatchResult = { matched: true };

/** What is compiled of a route by itself, whatever its destination. */
type Rules = Pick<ActiveRoute, "matches" | "transform" | "debounce">;

function compileRules(
  spec: ResourceSpecs["routes"],
  { deps, report }: { readonly deps: CompileDeps; readonly report: Report },
): Rules {
  const { when, transform } = spec;
  return {
    ...compileDebounce(spec, { deps, report }),
    matches:
      when === undefined ? () => MATCHED : conditionOf(when, { path: ["when"], deps, report }),
    ...(transform !== undefined && {
      transform: transformOf(transform, { path: ["transform"], deps, report }),
    }),
  };
}

function activeRoute(
  { no, id, name, spec }: ParsedResource<"routes">,
  { destination, rules }: { readonly destination: ActiveDestination; readonly rules: Rules },
): ActiveRoute {
  return {
    no,
    id,
    name,
    enabled: spec.enabled && destination.enabled,
    destinationNo: destination.no,
    destinationName: destination.name,
    ...rules,
    forward: spec.forward,
    ...(spec.when !== undefined && { when: spec.when }),
  };
}

function compileSources(
  { sources }: ParsedResources,
  context: Context & { readonly routes: readonly RouteFrom[] },
): ActiveSource[] {
  const { deps, problems, routes } = context;
  const routesOf = Map.groupBy(
    routes.flatMap(({ route, from }) => [...new Set(from)].map((source) => ({ source, route }))),
    ({ source }) => source,
  );
  return sources.flatMap(({ no, id, name, spec }) => {
    const report = reporter(problems, ["sources", name]);
    const compiled = compileOnce(spec, context, () => compileSource(spec, { deps, report }));
    if (compiled === undefined) return [];
    const own = (routesOf.get(name) ?? []).map(({ route }) => route);
    return [{ no, id, name, ...compiled, routes: own }];
  });
}
