/**
 * Decides what becomes of the resources when some are wanted otherwise: pure, so that a plan and its
 * application cannot differ.
 *
 * Who owns a resource may change it. What the gateway made by itself at first (`default`) belongs to
 * whoever changes it first.
 */
import { isDeepStrictEqual } from "node:util";
import assert from "node:assert/strict";
import { parseResource } from "../model/config-schema.ts";
import { LIMITS } from "../model/ids.ts";
import type { Owner, PlannedChange, ResourceKind } from "../model/registry.ts";
import type { WantedResource } from "./document.ts";
import { fieldChanges } from "./plan.ts";
import { type Counters, keyOf, type Records, type ResourceRecord } from "./records.ts";
import type { Spec } from "./secret-fields.ts";

export const DEFAULT_OWNER = "default";

export type ChangeRequest = {
  readonly wanted: readonly WantedResource[];
  /** By `kind/name`; must exist. */
  readonly removed: ReadonlySet<string>;
  readonly owner: Owner;
};

export type ChangeContext = {
  readonly nowMs: number;
  readonly newId: (kind: ResourceKind) => string;
};

export type Changed = {
  readonly records: Records;
  readonly counters: Counters;
  readonly changes: readonly PlannedChange[];
};

export function mayChange(record: ResourceRecord, owner: Owner): boolean {
  return record.owner === owner || record.owner === DEFAULT_OWNER;
}

/** What `owner` has and does not want any more. */
export function abandonedBy(
  owner: Owner,
  records: Records,
  wanted: readonly WantedResource[],
): ReadonlySet<string> {
  const kept = new Set(wanted.map(({ kind, name }) => keyOf(kind, name)));
  const abandoned = [...records].filter(
    ([key, record]) => record.owner === owner && !kept.has(key),
  );
  return new Set(abandoned.map(([key]) => key));
}

export function applyChanges(
  state: { readonly records: Records; readonly counters: Counters },
  request: ChangeRequest,
  context: ChangeContext,
): Changed {
  const version = state.counters.version + 1;
  const records = new Map(state.records);
  const nextNo = { ...state.counters.nextNo };
  const changes: PlannedChange[] = [];
  for (const wanted of request.wanted) {
    const key = keyOf(wanted.kind, wanted.name);
    const current = records.get(key);
    const change = changeOf(wanted, current, request.owner);
    changes.push(change);
    if (change.action !== "add" && change.action !== "change") continue;
    const fresh = {
      ...parsedSpec(wanted),
      owner: request.owner,
      updatedAtMs: context.nowMs,
      version,
    };
    if (current !== undefined) records.set(key, { ...current, ...fresh });
    else records.set(key, { ...newRecord(wanted, nextNo, context), ...fresh });
  }
  for (const key of request.removed) {
    const record = records.get(key);
    assert(record !== undefined);
    records.delete(key);
    changes.push({ kind: record.kind, name: record.name, action: "remove", fields: [] });
  }
  return { records, counters: { version, nextNo }, changes };
}

function changeOf(
  wanted: WantedResource,
  current: ResourceRecord | undefined,
  owner: Owner,
): PlannedChange {
  const { kind, name } = wanted;
  if (current === undefined) return { kind, name, action: "add", fields: [] };
  if (!mayChange(current, owner)) {
    return { kind, name, action: "foreign", fields: [], owner: current.owner };
  }
  const { parsed } = parsedSpec(wanted);
  const isSame = isDeepStrictEqual(parsed, current.parsed) && current.owner === owner;
  const fields = fieldChanges(kind, current.parsed as Spec, parsed as Spec);
  return { kind, name, action: isSame ? "keep" : "change", fields };
}

function parsedSpec({ kind, spec }: WantedResource): Pick<ResourceRecord, "spec" | "parsed"> {
  const parsed = parseResource(kind, spec);
  assert(parsed.ok, "wanted resources have passed their schema");
  return { spec, parsed: parsed.value };
}

function newRecord(
  { kind, name }: WantedResource,
  nextNo: Record<ResourceKind, number>,
  { nowMs, newId }: ChangeContext,
): Pick<ResourceRecord, "kind" | "no" | "id" | "name" | "createdAtMs"> {
  const no = nextNo[kind];
  assert(no <= LIMITS.destinationNo, "numbers are used up");
  nextNo[kind] = no + 1;
  return { kind, no, id: newId(kind), name, createdAtMs: nowMs };
}
