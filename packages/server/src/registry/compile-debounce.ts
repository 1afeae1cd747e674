/** A route's `debounce` as configured to what delivery reads. */
import type { ActiveRoute } from "../model/active.ts";
import { DEFAULT_MAX_WAITS, type RouteSpec } from "../model/route-schema.ts";
import { parseDuration } from "../model/units.ts";
import type { CompileDeps, Report } from "./compile-deps.ts";
import { valueOf } from "./compile-expressions.ts";

export function compileDebounce(
  { debounce }: RouteSpec,
  context: { readonly deps: CompileDeps; readonly report: Report },
): Pick<ActiveRoute, "debounce"> {
  if (debounce === undefined) return {};
  const waitMs = parseDuration(debounce.wait) ?? 0;
  const maxMs =
    debounce.max === undefined ? waitMs * DEFAULT_MAX_WAITS : (parseDuration(debounce.max) ?? 0);
  if (maxMs < waitMs) context.report(["debounce", "max"], "is shorter than the wait");
  if (debounce.key === undefined) return { debounce: { waitMs, maxMs } };
  const key = valueOf(debounce.key, { path: ["debounce", "key"], ...context });
  const keyOf = (event: Parameters<typeof key>[0]): string | undefined => {
    const value = key(event);
    return value.found ? value.text : undefined;
  };
  return { debounce: { waitMs, maxMs, keyOf } };
}
