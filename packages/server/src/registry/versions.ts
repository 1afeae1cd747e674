/**
 * The stored versions of the configuration: loads them, writes the next one as one atomic change,
 * rebuilds earlier ones. What is current is kept in memory; a write is in memory only once durable.
 *
 * Cost: a version costs a document per changed resource; versions beyond the limit are removed by
 * the write that makes them superfluous, so the store does not grow with the number of changes (I10).
 */
import type { ActiveConfig } from "../model/active.ts";
import type { Owner } from "../model/registry.ts";
import type { DocumentChange, Storage } from "../storage/storage.ts";
import type { Changed } from "./changes.ts";
import type { CompileDeps } from "./compile-deps.ts";
import { compileResources } from "./compile.ts";
import {
  byKey,
  type Counters,
  countersFrom,
  DOCUMENT_KINDS,
  FIRST_COUNTERS,
  fromHistory,
  fromStored,
  isInForce,
  parsedResources,
  type Records,
  resourceDocumentId,
  type ResourceRecord,
  type StoredResource,
  type StoredVersion,
  toStored,
  versionDocumentId,
} from "./records.ts";
import type { SecretBox } from "./secrets.ts";

export type CurrentState = { readonly records: Records; readonly counters: Counters };

export type VersionNote = {
  readonly owner: Owner;
  readonly atMs: number;
  readonly summary: string;
};

export type Versions = {
  current(): CurrentState;
  /** @throws secret_key_invalid, storage_corrupt */
  load(): Promise<void>;
  /** Resolves once the change is durable and current. */
  write(changed: Changed, note: VersionNote): Promise<void>;
  /** Newest first. */
  list(): Promise<readonly StoredVersion[]>;
  /** `undefined` for a version that never was or is not kept any more. */
  activeAt(version: number, deps: CompileDeps): Promise<ActiveConfig | undefined>;
};

export type VersionsDeps = {
  readonly storage: Pick<Storage, "putDocuments" | "listDocuments">;
  readonly secretBox: SecretBox;
};

/** Rebuilt configurations that are remembered: traces of one page mostly need the same few. */
const REMEMBERED = 16;

/** A resource that is not in force any more; its document is kept until the version is forgotten. */
type Retired = { readonly documentId: string; readonly to: number };

type State = {
  current: CurrentState;
  retired: readonly Retired[];
  readonly rebuilt: Map<number, ActiveConfig>;
};

export function openVersions(deps: VersionsDeps, keptVersions: number): Versions {
  const { storage, secretBox } = deps;
  const state: State = {
    current: { records: new Map(), counters: FIRST_COUNTERS },
    retired: [],
    rebuilt: new Map(),
  };
  return {
    current: () => state.current,
    async load() {
      const saved = await storage.listDocuments(DOCUMENT_KINDS.registry);
      const stored = await readResources(storage);
      const first = (saved[0]?.document as Counters | undefined) ?? FIRST_COUNTERS;
      const counters = countersFrom(first, stored);
      const inForce = stored.filter((resource) => isInForce(resource, counters.version));
      const records = byKey(inForce.map((resource) => fromStored(resource, secretBox)));
      state.current = { records, counters };
      state.retired = stored.flatMap((resource) => {
        const { to } = resource;
        return to === undefined ? [] : [{ documentId: resourceDocumentId(resource), to }];
      });
    },
    async write(changed, note) {
      const { documents, retired } = writeOf(changed, { note, state, secretBox, keptVersions });
      await storage.putDocuments(documents);
      state.current = { records: changed.records, counters: changed.counters };
      state.retired = retired;
    },
    async list() {
      const documents = await storage.listDocuments(DOCUMENT_KINDS.version);
      return documents.map(({ document }) => document as StoredVersion).toReversed();
    },
    async activeAt(version, compileDeps) {
      const newest = state.current.counters.version;
      if (version < 0 || version > newest || version < newest - keptVersions) return undefined;
      const remembered = state.rebuilt.get(version);
      if (remembered !== undefined) return remembered;
      const stored = await readResources(storage);
      const records = byKey(stored.filter((one) => isInForce(one, version)).map(fromHistory));
      const { active } = compileResources(parsedResources(records), version, compileDeps);
      remember(state.rebuilt, version, active);
      return active;
    },
  };
}

async function readResources(storage: VersionsDeps["storage"]): Promise<readonly StoredResource[]> {
  const documents = await storage.listDocuments(DOCUMENT_KINDS.resource);
  return documents.map(({ document }) => document as StoredResource);
}

/** The oldest is forgotten first. */
function remember(rebuilt: State["rebuilt"], version: number, active: ActiveConfig): void {
  const [oldest] = rebuilt.keys();
  if (oldest !== undefined && rebuilt.size >= REMEMBERED) rebuilt.delete(oldest);
  rebuilt.set(version, active);
}

type WriteContext = {
  readonly note: VersionNote;
  readonly state: State;
  readonly secretBox: SecretBox;
  readonly keptVersions: number;
};

/** What has to be written for the next version, and what is retired afterwards. */
function writeOf(
  changed: Changed,
  { note, state, secretBox, keptVersions }: WriteContext,
): { readonly documents: readonly DocumentChange[]; readonly retired: readonly Retired[] } {
  const { version } = changed.counters;
  const { added, ended } = differenceOf(state.current.records, changed.records);
  const isForgotten = ({ to }: Retired): boolean => to <= version - keptVersions;
  const retiring = ended.map((record) => ({ documentId: documentIdOf(record), to: version }));
  const resource = (record: ResourceRecord, end: { to?: number }): DocumentChange =>
    put(DOCUMENT_KINDS.resource, documentIdOf(record), { ...toStored(record, secretBox), ...end });
  return {
    documents: [
      ...ended.map((record) => resource(record, { to: version })),
      ...added.map((record) => resource(record, {})),
      put(DOCUMENT_KINDS.registry, "state", changed.counters),
      put(DOCUMENT_KINDS.version, versionDocumentId(version), { version, ...note }),
      ...state.retired
        .filter(isForgotten)
        .map(({ documentId }) => remove(DOCUMENT_KINDS.resource, documentId)),
      remove(DOCUMENT_KINDS.version, versionDocumentId(Math.max(0, version - keptVersions))),
    ],
    retired: [...state.retired.filter((one) => !isForgotten(one)), ...retiring],
  };
}

function documentIdOf({ kind, name, version }: ResourceRecord): string {
  return resourceDocumentId({ kind, name, from: version });
}

/** Records that are new or different, and those that were in force before them. */
function differenceOf(
  before: Records,
  after: Records,
): { added: ResourceRecord[]; ended: ResourceRecord[] } {
  const added = [...after].filter(([key, record]) => before.get(key) !== record);
  const ended = [...before].filter(([key, record]) => after.get(key) !== record);
  return { added: added.map(([, record]) => record), ended: ended.map(([, record]) => record) };
}

function put(kind: string, id: string, document: unknown): DocumentChange {
  return { put: { kind, id, document } };
}

function remove(kind: string, id: string): DocumentChange {
  return { remove: { kind, id } };
}
