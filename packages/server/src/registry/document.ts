/**
 * From a document as it was sent to resources that could be stored: shape, names, inline
 * destinations, secrets. Parts that are malformed are reported and left out, so that everything
 * else can be judged too. What resources refer to is checked when the whole is compiled.
 */
import type { ConfigProblem } from "../model/config-problem.ts";
import { nameProblem, parseDocument, parseResource } from "../model/config-schema.ts";
import type { ConfigDocument, ResourceKind } from "../model/registry.ts";
import { RESOURCE_KINDS } from "../model/registry.ts";
import { isInlineDestination } from "../model/route-schema.ts";
import { literalSecretProblems, type Spec, unmaskSecrets } from "./secret-fields.ts";

/** A resource as somebody wants it to be; its shape is right. */
export type WantedResource = {
  readonly kind: ResourceKind;
  readonly name: string;
  readonly spec: Spec;
};

export type Wanted = {
  readonly resources: readonly WantedResource[];
  readonly problems: readonly ConfigProblem[];
};

export type WantedContext = {
  /** Files hold references only. */
  readonly literalSecrets: "allowed" | "refused";
  /** The spec that is in force, for masks that are sent back. */
  readonly currentSpec: (kind: ResourceKind, name: string) => Spec | undefined;
};

/** A document with one resource. */
export function documentOf(kind: ResourceKind, name: string, spec: unknown): ConfigDocument {
  return { sources: {}, destinations: {}, routes: {}, [kind]: { [name]: spec } };
}

export function shapeProblems(document: ConfigDocument): readonly ConfigProblem[] {
  const shape = parseDocument({ version: 1, ...document });
  return shape.ok ? [] : shape.problems;
}

/** The well-formed resources, and what is wrong with them beyond their shape. */
export function wantedOf(document: ConfigDocument, context: WantedContext): Wanted {
  const problems: ConfigProblem[] = [];
  const written = RESOURCE_KINDS.flatMap((kind) =>
    Object.entries(document[kind])
      .filter(([name, spec]) => nameProblem(name) === undefined && parseResource(kind, spec).ok)
      .map(([name, spec]) => ({ kind, name, spec: spec as Spec })),
  );
  const resources = expandInline(written, problems).map((wanted) =>
    withSecrets(wanted, context, problems),
  );
  return { resources, problems };
}

/** `to: https://…` becomes a destination that has the route's name. */
function expandInline(
  written: readonly WantedResource[],
  problems: ConfigProblem[],
): WantedResource[] {
  const destinations = new Set(
    written.filter(({ kind }) => kind === "destinations").map(({ name }) => name),
  );
  return written.flatMap((wanted) => {
    const { kind, name, spec } = wanted;
    const to = kind === "routes" ? String(spec["to"]) : "";
    if (!isInlineDestination(to)) return [wanted];
    const route = { kind, name, spec: { ...spec, to: name } };
    if (!destinations.has(name)) return [{ kind: "destinations", name, spec: { url: to } }, route];
    const message = `a URL makes a destination "${name}", which exists; give that one the URL`;
    problems.push({ path: ["routes", name, "to"], message });
    return [route];
  });
}

function withSecrets(
  wanted: WantedResource,
  { literalSecrets, currentSpec }: WantedContext,
  problems: ConfigProblem[],
): WantedResource {
  const { kind, name, spec } = wanted;
  const add = (problem: ConfigProblem): void => {
    problems.push({ ...problem, path: [kind, name, ...problem.path] });
  };
  if (literalSecrets === "refused") {
    for (const problem of literalSecretProblems(kind, spec)) add(problem);
    return wanted;
  }
  const unmasked = unmaskSecrets(kind, spec, currentSpec(kind, name));
  for (const problem of unmasked.problems) add(problem);
  return { kind, name, spec: unmasked.spec };
}
