/** What applying a document would change, field by field, for people: secrets are never told (I8). */
import { isDeepStrictEqual } from "node:util";
import { formatPath } from "../model/config-problem.ts";
import { hasReference } from "../model/reference.ts";
import type { PlannedChange, ResourceKind } from "../model/registry.ts";
import { secretPaths, type Spec } from "./secret-fields.ts";

type FieldChange = PlannedChange["fields"][number];

const SECRET_BEFORE = "•••";
const SECRET_AFTER = "••• changed";

/** Both with defaults filled in, so that writing a default out is no change. */
export function fieldChanges(kind: ResourceKind, before: Spec, after: Spec): FieldChange[] {
  const old = leavesOf(before);
  const recent = leavesOf(after);
  const secrets = new Set(
    [...secretPaths(kind, before), ...secretPaths(kind, after)].map(formatPath),
  );
  const paths = new Set([...old.keys(), ...recent.keys()]);
  return [...paths].flatMap((path) => {
    const [was, is] = [old.get(path), recent.get(path)];
    if (isDeepStrictEqual(was, is)) return [];
    if (!secrets.has(path)) return [{ path, before: was, after: is }];
    return [{ path, before: shown(was, SECRET_BEFORE), after: shown(is, SECRET_AFTER) }];
  });
}

/** References are no secrets; what was or is absent stays so. */
function shown(value: unknown, mask: string): unknown {
  return typeof value === "string" && !hasReference(value) ? mask : value;
}

/** Texts, numbers, … by their path; empty lists and objects count as values. */
function leavesOf(spec: Spec): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  const visit = (value: unknown, path: readonly (string | number)[]): void => {
    const isNode = typeof value === "object" && value !== null && Object.keys(value).length > 0;
    if (!isNode) {
      if (value !== undefined) leaves.set(formatPath(path), value);
      return;
    }
    const isList = Array.isArray(value);
    for (const [key, inner] of Object.entries(value))
      visit(inner, [...path, isList ? Number(key) : key]);
  };
  visit(spec, []);
  return leaves;
}

/** One line for the history: what was done to what. */
export function summarize(changes: readonly PlannedChange[]): string {
  const words = { add: "added", change: "changed", remove: "removed" } as const;
  const parts = (["add", "change", "remove"] as const).flatMap((action) => {
    const names = changes
      .filter((change) => change.action === action)
      .map((one) => `${one.kind}/${one.name}`);
    if (names.length === 0) return [];
    const shownNames = names.slice(0, 5).join(", ");
    return [
      `${words[action]} ${shownNames}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`,
    ];
  });
  return parts.join("; ");
}
