/**
 * What a wanted configuration would be: changed, compiled, and refused with everything that is wrong
 * with it. Nothing is written here; a plan is a preparation that is thrown away.
 */
import { RingdownError } from "../errors/ringdown-error.ts";
import type { ActiveConfig } from "../model/active.ts";
import {
  configInvalid,
  type ConfigPath,
  type ConfigProblem,
  unlocatedProblems,
} from "../model/config-problem.ts";
import type { ApplyOptions, ConfigDocument, PlannedChange } from "../model/registry.ts";
import { sourcesOf } from "../model/route-schema.ts";
import {
  abandonedBy,
  applyChanges,
  type ChangeContext,
  type Changed,
  type ChangeRequest,
} from "./changes.ts";
import type { CompileDeps } from "./compile-deps.ts";
import { type CompileCache, compileResources, type KnownNames } from "./compile.ts";
import { shapeProblems, wantedOf } from "./document.ts";
import { keyOf, parsedResources, recordsOf } from "./records.ts";
import type { CurrentState } from "./versions.ts";

export type Prepared = { readonly changed: Changed; readonly active: ActiveConfig };

export type PrepareContext = {
  readonly current: CurrentState;
  readonly compileDeps: CompileDeps & { readonly cache: CompileCache };
  readonly changeContext: ChangeContext;
};

/** @throws config_invalid, secret_unresolved, resource_in_use */
export function prepareDocument(
  document: ConfigDocument,
  { owner, prune }: ApplyOptions,
  context: PrepareContext,
): Prepared {
  const { records } = context.current;
  const wanted = wantedOf(document, {
    literalSecrets: owner.startsWith("file:") ? "refused" : "allowed",
    currentSpec: (kind, name) => records.get(keyOf(kind, name))?.spec,
  });
  const problems = [...shapeProblems(document), ...wanted.problems];
  const removes = prune === "yes" && problems.length === 0;
  const removed = removes ? abandonedBy(owner, records, wanted.resources) : new Set<string>();
  // Malformed resources have been reported: a route that names one is not wrong besides.
  const known = {
    sources: Object.keys(document.sources),
    destinations: Object.keys(document.destinations),
  };
  const request = { wanted: wanted.resources, removed, owner };
  return prepareChanges(request, context, { problems, ...(problems.length > 0 && { known }) });
}

/** @throws config_invalid, secret_unresolved, resource_in_use */
export function prepareChanges(
  request: ChangeRequest,
  { current, compileDeps, changeContext }: PrepareContext,
  found: { readonly problems: readonly ConfigProblem[]; readonly known?: KnownNames } = {
    problems: [],
  },
): Prepared {
  const changed = applyChanges(current, request, changeContext);
  refuseBreaking(changed, request.removed);
  const { known } = found;
  const { active, problems } = compileResources(
    parsedResources(changed.records),
    changed.counters.version,
    { ...compileDeps, ...(known !== undefined && { known }) },
  );
  const all = [...found.problems, ...problems];
  if (all.length > 0) throw configInvalid(all);
  return { changed, active };
}

/** Routes must not lose what they lead from or to. @throws resource_in_use */
function refuseBreaking(changed: Changed, removed: ReadonlySet<string>): void {
  if (removed.size === 0) return;
  for (const { name, parsed } of recordsOf(changed.records, "routes")) {
    const used = [
      keyOf("destinations", parsed.to),
      ...sourcesOf(parsed).map((source) => keyOf("sources", source)),
    ].find((key) => removed.has(key));
    if (used === undefined) continue;
    throw new RingdownError("resource_in_use", `${used} is used by routes/${name}.`);
  }
}

/** Whether anything is to be written. */
export function hasEffect({ changes }: { readonly changes: readonly PlannedChange[] }): boolean {
  return changes.some(
    ({ action }) => action === "add" || action === "change" || action === "remove",
  );
}

/** Problems of the resource at `place` are told relative to it, those of others as they are. */
export function relativeTo<T>(place: ConfigPath, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const problems = unlocatedProblems(error);
    if (problems === undefined) throw error;
    throw configInvalid(problems.map((problem) => withoutPlace(problem, place)));
  }
}

function withoutPlace(problem: ConfigProblem, place: ConfigPath): ConfigProblem {
  const isInside = place.every((step, index) => problem.path[index] === step);
  if (!isInside) return problem;
  // The name itself is wrong: there is a field of that name where resources are created.
  const path = problem.path.slice(place.length);
  return path.length === 0 && problem.at === "key"
    ? { ...problem, path: ["name"] }
    : { ...problem, path };
}
