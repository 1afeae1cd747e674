/**
 * What the registry knows, and its form in the store.
 *
 * Every version of every resource is a document with the configuration versions it was in force for,
 * so that the configuration of an earlier request can be rebuilt. Documents of kind:
 *
 *   resource        `sources/stripe@3`   the resource as of version 3, until `to`
 *   config-version  `000000000003`       when, by whom and what
 *   registry        `state`              the version, and the next free numbers
 *
 * Numbers are never used twice: stored requests and deliveries name resources by them.
 */
import { formatPath } from "../model/config-problem.ts";
import { parseResource, type ResourceSpecs } from "../model/config-schema.ts";
import type { ConfigDocument, Owner, Resource, ResourceKind } from "../model/registry.ts";
import { RingdownError } from "../errors/ringdown-error.ts";
import type { ParsedResource, ParsedResources } from "./compile.ts";
import { mapSecrets, maskSecrets, type Spec } from "./secret-fields.ts";
import { isSealed, type SecretBox } from "./secrets.ts";
import { hasReference } from "../model/reference.ts";

/** A resource with its secrets readable: never leaves this folder. */
export type ResourceRecord<K extends ResourceKind = ResourceKind> = {
  readonly kind: K;
  readonly no: number;
  readonly id: string;
  readonly name: string;
  readonly owner: Owner;
  /** As written. */
  readonly spec: Spec;
  /** Defaults filled in. */
  readonly parsed: ResourceSpecs[K];
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** The configuration version this spec came with. */
  readonly version: number;
};

/** By `kind/name`. */
export type Records = ReadonlyMap<string, ResourceRecord>;

export type Counters = {
  readonly version: number;
  readonly nextNo: { readonly [K in ResourceKind]: number };
};

export const FIRST_COUNTERS: Counters = {
  version: 0,
  nextNo: { sources: 1, destinations: 1, routes: 1 },
};

export const DOCUMENT_KINDS = {
  resource: "resource",
  version: "config-version",
  registry: "registry",
} as const;

export type StoredResource = Omit<ResourceRecord, "parsed" | "version"> & {
  readonly from: number;
  /** The version from which on it was no longer in force. */
  readonly to?: number;
};

export type StoredVersion = {
  readonly version: number;
  readonly atMs: number;
  readonly owner: Owner;
  readonly summary: string;
};

export function keyOf(kind: ResourceKind, name: string): string {
  return `${kind}/${name}`;
}

export function resourceDocumentId(stored: Pick<StoredResource, "kind" | "name" | "from">): string {
  return `${keyOf(stored.kind, stored.name)}@${stored.from}`;
}

export function versionDocumentId(version: number): string {
  return String(version).padStart(12, "0");
}

/** The place of a secret, bound to what it is encrypted with. */
function placeOf(
  record: { kind: ResourceKind; id: string },
  path: readonly (string | number)[],
): string {
  return `${record.kind}|${record.id}|${formatPath(path)}`;
}

/** For the store: literal secrets encrypted (I8). */
export function toStored(record: ResourceRecord, box: SecretBox): StoredResource {
  const { kind, no, id, name, owner, createdAtMs, updatedAtMs, version } = record;
  const spec = mapSecrets(kind, record.spec, (secret, path) =>
    hasReference(secret) ? secret : box.seal(secret, placeOf(record, path)),
  );
  return { kind, no, id, name, owner, spec, createdAtMs, updatedAtMs, from: version };
}

/** @throws secret_key_invalid, storage_corrupt */
export function fromStored(stored: StoredResource, box: SecretBox): ResourceRecord {
  const spec = mapSecrets(stored.kind, stored.spec, (secret, path) =>
    isSealed(secret) ? box.open(secret, placeOf(stored, path)) : secret,
  );
  return withParsed({ ...stored, spec });
}

/** As it was, with its secrets closed: enough to explain old decisions. */
export function fromHistory(stored: StoredResource): ResourceRecord {
  return withParsed(stored);
}

function withParsed(stored: StoredResource): ResourceRecord {
  const { kind, no, id, name, owner, spec, createdAtMs, updatedAtMs, from } = stored;
  const parsed = parseResource(kind, spec);
  if (!parsed.ok) {
    throw new RingdownError("storage_corrupt", `The stored ${kind}/${name} is not valid any more.`);
  }
  return {
    kind,
    no,
    id,
    name,
    owner,
    spec,
    parsed: parsed.value,
    createdAtMs,
    updatedAtMs,
    version: from,
  };
}

export function isInForce(stored: StoredResource, version: number): boolean {
  return stored.from <= version && (stored.to === undefined || stored.to > version);
}

/** What others may see (I8). */
export function toResource(record: ResourceRecord): Resource {
  const { kind, no, id, name, owner, spec, createdAtMs, updatedAtMs, version } = record;
  const shown = maskSecrets(kind, spec);
  return { kind, no, id, name, owner, spec: shown, createdAtMs, updatedAtMs, version };
}

type Index = {
  readonly byKind: ReadonlyMap<ResourceKind, readonly ResourceRecord[]>;
  readonly byId: ReadonlyMap<string, ResourceRecord>;
  /** By `kind/number`. */
  readonly byNo: ReadonlyMap<string, ResourceRecord>;
};

/** Records never change once made, so that what is derived from them is derived once. */
const indexes = new WeakMap<Records, Index>();

function indexOf(records: Records): Index {
  let index = indexes.get(records);
  if (index === undefined) {
    const sorted = [...records.values()].toSorted((left, right) => left.no - right.no);
    index = {
      byKind: Map.groupBy(sorted, ({ kind }) => kind),
      byId: new Map(sorted.map((record) => [record.id, record])),
      byNo: new Map(sorted.map((record) => [`${record.kind}/${record.no}`, record])),
    };
    indexes.set(records, index);
  }
  return index;
}

/** In the order of their numbers: the order in which they were first configured. */
export function recordsOf<K extends ResourceKind>(
  records: Records,
  kind: K,
): readonly ResourceRecord<K>[] {
  return (indexOf(records).byKind.get(kind) ?? []) as readonly ResourceRecord<K>[];
}

/** By name, or else by id. */
export function findRecord(
  records: Records,
  kind: ResourceKind,
  nameOrId: string,
): ResourceRecord | undefined {
  const byName = records.get(keyOf(kind, nameOrId));
  if (byName !== undefined) return byName;
  const byId = indexOf(records).byId.get(nameOrId);
  return byId?.kind === kind ? byId : undefined;
}

export function findRecordByNo(
  records: Records,
  kind: ResourceKind,
  no: number,
): ResourceRecord | undefined {
  return indexOf(records).byNo.get(`${kind}/${no}`);
}

/** Everything as one document; secrets as references or masks (I8). */
export function exportOf(records: Records): ConfigDocument {
  const of = (kind: ResourceKind) =>
    Object.fromEntries(
      recordsOf(records, kind).map(({ name, spec }) => [name, maskSecrets(kind, spec)]),
    );
  return {
    version: 1,
    sources: of("sources"),
    destinations: of("destinations"),
    routes: of("routes"),
  };
}

export function parsedResources(records: Records): ParsedResources {
  const of = <K extends ResourceKind>(kind: K): ParsedResource<K>[] =>
    recordsOf(records, kind).map(({ no, id, name, parsed }) => ({ no, id, name, spec: parsed }));
  return { sources: of("sources"), destinations: of("destinations"), routes: of("routes") };
}

export function byKey(records: Iterable<ResourceRecord>): Records {
  return new Map([...records].map((record) => [keyOf(record.kind, record.name), record]));
}

/** Numbers that are free for good, also when the counters were lost. */
export function countersFrom(counters: Counters, stored: readonly StoredResource[]): Counters {
  const next = { ...counters.nextNo };
  for (const { kind, no } of stored) next[kind] = Math.max(next[kind], no + 1);
  return { version: counters.version, nextNo: next };
}
