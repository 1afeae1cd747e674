/**
 * Everything that is wrong with a document beyond its shape, without a store: for `ringdown
 * validate` and for files before they are applied.
 */
import type { ActiveConfig } from "../model/active.ts";
import type { ConfigProblem } from "../model/config-problem.ts";
import { parseResource } from "../model/config-schema.ts";
import type { ConfigDocument, ResourceKind } from "../model/registry.ts";
import type { CompileDeps } from "./compile-deps.ts";
import { compileResources, type KnownNames, type ParsedResource } from "./compile.ts";
import { type WantedResource, wantedOf } from "./document.ts";

export type CheckedDocument = {
  /** Compiled as far as possible; numbers are positions in the document, ids are names. */
  readonly active: ActiveConfig;
  readonly problems: readonly ConfigProblem[];
};

/**
 * Judges a document as a file would be: secrets must be references. `elsewhere` are names that
 * somebody else brings along.
 */
export function checkDocument(
  document: ConfigDocument,
  deps: CompileDeps,
  elsewhere: KnownNames = { sources: [], destinations: [] },
): CheckedDocument {
  const wanted = wantedOf(document, { literalSecrets: "refused", currentSpec: () => undefined });
  const resources = {
    sources: numbered("sources", wanted.resources),
    destinations: numbered("destinations", wanted.resources),
    routes: numbered("routes", wanted.resources),
  };
  // Malformed resources have been reported: a route that names one is not wrong besides.
  const known = {
    sources: [...Object.keys(document.sources), ...elsewhere.sources],
    destinations: [...Object.keys(document.destinations), ...elsewhere.destinations],
  };
  const { active, problems } = compileResources(resources, 1, { ...deps, known });
  return { active, problems: [...wanted.problems, ...problems] };
}

function numbered<K extends ResourceKind>(
  kind: K,
  resources: readonly WantedResource[],
): ParsedResource<K>[] {
  return resources
    .filter((resource) => resource.kind === kind)
    .flatMap(({ name, spec }, index) => {
      const parsed = parseResource(kind, spec);
      return parsed.ok ? [{ no: index + 1, id: name, name, spec: parsed.value }] : [];
    });
}
