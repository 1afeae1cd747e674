/** What every handler needs besides its input: the ports, and the few mechanisms built on them once. */
import { RingdownError } from "../errors/ringdown-error.ts";
import { formatDeliveryId, formatRecordId } from "../model/ids.ts";
import type { Resource, ResourceKind } from "../model/registry.ts";
import type { StoredRequest } from "../model/request.ts";
import { createCursors, type Cursors } from "./cursor.ts";
import type { ApiDeps, ApiOptions } from "./deps.ts";
import { createFacts, type Facts } from "./facts.ts";

export type ApiContext = {
  readonly deps: ApiDeps;
  readonly options: ApiOptions;
  readonly cursors: Cursors;
  readonly facts: Facts;
};

export function createContext(deps: ApiDeps, options: ApiOptions): ApiContext {
  return {
    deps,
    options,
    cursors: createCursors(deps.storeTag),
    facts: createFacts(deps.storage),
  };
}

/** What an id of a stored record is made from. */
export type RecordKey = Pick<StoredRequest, "sequence" | "receivedAtMs">;

export function requestIdOf({ deps }: ApiContext, record: RecordKey): string {
  const { sequence, receivedAtMs } = record;
  return formatRecordId("req", { timeMs: receivedAtMs, sequence, tag: deps.storeTag });
}

export function eventIdOf({ deps }: ApiContext, record: RecordKey): string {
  const { sequence, receivedAtMs } = record;
  return formatRecordId("evt", { timeMs: receivedAtMs, sequence, tag: deps.storeTag });
}

export function deliveryIdOf(
  record: RecordKey,
  key: { readonly destinationNo: number; readonly ordinal: number },
): string {
  return attemptIdOf(record, { ...key, number: 0 }).replace(/^att/, "dlv");
}

export function attemptIdOf(
  record: RecordKey,
  key: { readonly destinationNo: number; readonly ordinal: number; readonly number: number },
): string {
  return formatDeliveryId("att", {
    timeMs: record.receivedAtMs,
    sequence: record.sequence,
    destinationNo: key.destinationNo,
    ordinal: key.ordinal,
    attemptNumber: key.number,
  });
}

/** A resource as others refer to it; both null when it no longer exists. */
export type Reference = { readonly name: string | null; readonly id: string | null };

export function referenceTo({ deps }: ApiContext, kind: ResourceKind, no: number): Reference {
  const resource = deps.registry.findByNo(kind, no);
  return { name: resource?.name ?? null, id: resource?.id ?? null };
}

const SINGULAR: Readonly<Record<ResourceKind, string>> = {
  sources: "source",
  destinations: "destination",
  routes: "route",
};

/** The resource that a path names. @throws not_found */
export function resourceOf({ deps }: ApiContext, kind: ResourceKind, nameOrId: string): Resource {
  const resource = deps.registry.find(kind, nameOrId);
  if (resource === undefined) {
    throw new RingdownError("not_found", `There is no ${SINGULAR[kind]} ${quoted(nameOrId)}.`);
  }
  return resource;
}

/** The number of the resource that a filter names: a misspelt name must not look like an empty list. @throws invalid_request */
export function filterNo(
  { deps }: ApiContext,
  kind: ResourceKind,
  nameOrId: string | undefined,
): number | undefined {
  if (nameOrId === undefined) return undefined;
  const resource = deps.registry.find(kind, nameOrId);
  if (resource === undefined) {
    throw new RingdownError(
      "invalid_request",
      `There is no ${SINGULAR[kind]} ${quoted(nameOrId)} to filter by.`,
    );
  }
  return resource.no;
}

/** Somebody's text inside a sentence: cut, and with nothing that could break out of a line. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
