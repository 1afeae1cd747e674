/**
 * The registry: resources by kind and name, changed whole, versioned, compiled, kept.
 *
 *   wanted ─▶ changed ─▶ compiled ─▶ (no problem) ─▶ stored ─▶ in force ─▶ told
 *                            └─ problems: nothing has changed
 *
 * Changes run one after the other; each is one atomic write, and a new configuration is in force
 * only when it is durable. Requests are judged by whichever configuration was in force when they
 * came; `activeAt` rebuilds earlier ones from the stored versions.
 *
 * Limits (I10): names per kind (MAX_RESOURCES), versions kept (`historyVersions`), rebuilt
 * configurations remembered (versions.ts).
 */
import { RingdownError } from "../errors/ringdown-error.ts";
import type { ActiveConfig } from "../model/active.ts";
import { formatRandomId, type IdPrefix } from "../model/ids.ts";
import type {
  ApplyOptions,
  ConfigDocument,
  Owner,
  Registry,
  Resource,
  ResourceKind,
} from "../model/registry.ts";
import { isInlineDestination } from "../model/route-schema.ts";
import type { Storage } from "../storage/storage.ts";
import type { Clock } from "../support/clock.ts";
import { DEFAULT_OWNER, mayChange } from "./changes.ts";
import type { CompileDeps } from "./compile-deps.ts";
import { type CompileCache, compileResources } from "./compile.ts";
import { documentOf } from "./document.ts";
import { summarize } from "./plan.ts";
import {
  hasEffect,
  type PrepareContext,
  type Prepared,
  prepareChanges,
  prepareDocument,
  relativeTo,
} from "./prepare.ts";
import {
  exportOf,
  findRecord,
  findRecordByNo,
  keyOf,
  parsedResources,
  recordsOf,
  type ResourceRecord,
  type StoredVersion,
  toResource,
} from "./records.ts";
import type { SecretBox } from "./secrets.ts";
import { openVersions, type Versions } from "./versions.ts";

export type RegistryDeps = Omit<CompileDeps, "purpose" | "bodyLimitBytes"> & {
  /** Started before the registry. */
  readonly storage: Pick<Storage, "putDocuments" | "listDocuments">;
  readonly clock: Pick<Clock, "nowMs">;
  /** Cryptographically random. */
  readonly randomBytes: (size: number) => Uint8Array;
  readonly secretBox: SecretBox;
};

export type RegistryOptions = {
  /** For sources without a limit of their own. */
  readonly bodyLimitBytes: number;
  /** Versions that can still be explained; default 1000. */
  readonly historyVersions?: number;
};

/** A configuration file to be applied at start. */
export type FirstDocument = { readonly document: ConfigDocument; readonly options: ApplyOptions };

export type ManagedRegistry = Registry & {
  /**
   * Loads what is stored, applies the file if there is one, and puts the result in force. What a
   * stored version of the file referred to need not exist any more. Idempotent.
   *
   * @throws config_invalid, secret_unresolved, secret_key_invalid, storage_corrupt
   */
  start(first?: FirstDocument): Promise<void>;
  /** A first source `inbox` that takes anything, when nothing is configured at all. */
  ensureDefaults(): Promise<void>;
  /** Newest first. */
  history(): Promise<readonly StoredVersion[]>;
};

const HISTORY_VERSIONS = 1000;

const ID_PREFIXES: Readonly<Record<ResourceKind, IdPrefix>> = {
  sources: "src",
  destinations: "dst",
  routes: "rte",
};

const INBOX = {
  description: "Takes anything from anybody. Made at the first start.",
  provider: "generic",
  verify: "none",
  dedupe: false,
} as const;

/** What the operations of the registry share. */
type Core = {
  readonly versions: Versions;
  active(): ActiveConfig;
  onChange(listener: (active: ActiveConfig) => void): void;
  /** What preparations start from; `afresh` looks references up again. */
  context(references: "known" | "afresh"): PrepareContext;
  /** Writes it and puts it in force. */
  commit(prepared: Prepared, owner: Owner): Promise<void>;
  /** Lets requests be judged by it from now on. */
  enforce(active: ActiveConfig): void;
};

function createCore(deps: RegistryDeps, compileDeps: CompileDeps, keptVersions: number): Core {
  const { clock } = deps;
  const versions = openVersions(deps, keptVersions);
  const state = {
    active: compileResources(parsedResources(new Map()), 0, compileDeps).active,
    listeners: [] as ((active: ActiveConfig) => void)[],
    cache: new WeakMap() as CompileCache,
  };

  function enforce(active: ActiveConfig): void {
    state.active = active;
    for (const listener of state.listeners) listener(active);
  }

  return {
    versions,
    active: () => state.active,
    onChange(listener) {
      state.listeners.push(listener);
    },
    context(references) {
      if (references === "afresh") state.cache = new WeakMap();
      const newId = (kind: ResourceKind): string =>
        formatRandomId(ID_PREFIXES[kind], clock.nowMs(), deps.randomBytes(10));
      return {
        current: versions.current(),
        compileDeps: { ...compileDeps, cache: state.cache },
        changeContext: { nowMs: clock.nowMs(), newId },
      };
    },
    async commit({ changed, active }, owner) {
      const summary = summarize(changed.changes);
      await versions.write(changed, { owner, atMs: clock.nowMs(), summary });
      enforce(active);
    },
    enforce,
  };
}

/** Runs one after the other what is handed to it; a failure does not hold up the next. */
function createLine(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work, work);
    last = result.catch(() => {});
    return result;
  };
}

export function createRegistry(deps: RegistryDeps, options: RegistryOptions): ManagedRegistry {
  const { resolve, parseTargetUrl, headerProblem } = deps;
  const { bodyLimitBytes, historyVersions = HISTORY_VERSIONS } = options;
  const compile: Omit<CompileDeps, "purpose"> = {
    resolve,
    parseTargetUrl,
    headerProblem,
    bodyLimitBytes,
  };
  const core = createCore(deps, { ...compile, purpose: "live" }, historyVersions);
  const { versions } = core;
  const inTurn = createLine();
  let started: Promise<void> | undefined;

  return {
    active: core.active,
    onChange: core.onChange,
    ...readers(versions),
    create: (kind, name, spec) => inTurn(() => create(core, { kind, name, spec })),
    replace: (kind, nameOrId, spec) => inTurn(() => replace(core, { kind, name: nameOrId, spec })),
    remove: (kind, nameOrId) => inTurn(() => remove(core, kind, nameOrId)),
    plan: async (document, how) => {
      const { changed, active } = prepareDocument(document, how, core.context("known"));
      return {
        changes: changed.changes,
        baseVersion: versions.current().counters.version,
        active,
      };
    },
    apply: (document, how) => inTurn(() => apply(core, document, how)),
    async activeAt(version) {
      const active = core.active();
      if (version === active.version) return active;
      return versions.activeAt(version, { ...compile, purpose: "history" });
    },
    start: (first) => (started ??= inTurn(() => load(core, first))),
    ensureDefaults: () => inTurn(() => ensureDefaults(core)),
    history: () => versions.list(),
  };
}

type Readers = Pick<Registry, "list" | "find" | "findByNo" | "export">;

function readers(versions: Versions): Readers {
  const records = () => versions.current().records;
  return {
    list: (kind) => recordsOf(records(), kind).map(toResource),
    find(kind, nameOrId) {
      const record = findRecord(records(), kind, nameOrId);
      return record && toResource(record);
    },
    findByNo(kind, no) {
      const record = findRecordByNo(records(), kind, no);
      return record && toResource(record);
    },
    export: () => exportOf(records()),
  };
}

type Written = { readonly kind: ResourceKind; readonly name: string; readonly spec: unknown };

const BY_API: ApplyOptions = { owner: "api", prune: "no" };

async function create(core: Core, written: Written): Promise<Resource> {
  const { kind, name } = written;
  refuseTaken(core, kind, name);
  return put(core, written);
}

async function replace(core: Core, { kind, name, spec }: Written): Promise<Resource> {
  const record = mustOwn(core, kind, name);
  return put(core, { kind, name: record.name, spec });
}

/** Adds or replaces one resource, with the destination that an inline URL makes. */
async function put(core: Core, { kind, name, spec }: Written): Promise<Resource> {
  const { to } = (spec ?? {}) as { readonly to?: unknown };
  const isInline = kind === "routes" && typeof to === "string" && isInlineDestination(to);
  if (isInline) refuseTaken(core, "destinations", name);
  const prepared = relativeTo([kind, name], () =>
    prepareDocument(documentOf(kind, name, spec), BY_API, core.context("known")),
  );
  if (hasEffect(prepared.changed)) await core.commit(prepared, "api");
  return toResource(mustFind(core, kind, name));
}

async function remove(core: Core, kind: ResourceKind, nameOrId: string): Promise<void> {
  const { name } = mustOwn(core, kind, nameOrId);
  const removed = new Set([keyOf(kind, name)]);
  const prepared = prepareChanges({ wanted: [], removed, owner: "api" }, core.context("known"));
  await core.commit(prepared, "api");
}

/** Also looks up references again, so that a secret that was rotated behind one takes effect. */
async function apply(core: Core, document: ConfigDocument, how: ApplyOptions) {
  const baseVersion = core.versions.current().counters.version;
  if (how.ifVersion !== undefined && how.ifVersion !== baseVersion) {
    const message = `The configuration is at version ${baseVersion}, not ${how.ifVersion}.`;
    throw new RingdownError("config_conflict", message);
  }
  const prepared = prepareDocument(document, how, core.context("afresh"));
  if (hasEffect(prepared.changed)) await core.commit(prepared, how.owner);
  else core.enforce({ ...prepared.active, version: baseVersion });
  const { version } = core.versions.current().counters;
  return { changes: prepared.changed.changes, baseVersion, version };
}

async function load(core: Core, first: FirstDocument | undefined): Promise<void> {
  await core.versions.load();
  if (first !== undefined) {
    const prepared = prepareDocument(first.document, first.options, core.context("known"));
    if (hasEffect(prepared.changed)) {
      await core.commit(prepared, first.options.owner);
      return;
    }
  }
  const { active } = prepareChanges(
    { wanted: [], removed: new Set(), owner: "" },
    core.context("known"),
  );
  core.enforce({ ...active, version: core.versions.current().counters.version });
}

async function ensureDefaults(core: Core): Promise<void> {
  if (core.versions.current().records.size > 0) return;
  const document = documentOf("sources", "inbox", INBOX);
  await apply(core, document, { owner: DEFAULT_OWNER, prune: "no" });
}

const WORDS: Readonly<Record<ResourceKind, string>> = {
  sources: "source",
  destinations: "destination",
  routes: "route",
};

/** @throws name_taken */
function refuseTaken(core: Core, kind: ResourceKind, name: string): void {
  if (!core.versions.current().records.has(keyOf(kind, name))) return;
  throw new RingdownError("name_taken", `There is already a ${WORDS[kind]} "${name}".`);
}

/** @throws not_found */
function mustFind(core: Core, kind: ResourceKind, nameOrId: string): ResourceRecord {
  const record = findRecord(core.versions.current().records, kind, nameOrId);
  if (record !== undefined) return record;
  throw new RingdownError("not_found", `There is no ${WORDS[kind]} "${nameOrId}".`);
}

/** @throws not_found, not_owner */
function mustOwn(core: Core, kind: ResourceKind, nameOrId: string): ResourceRecord {
  const record = mustFind(core, kind, nameOrId);
  if (mayChange(record, BY_API.owner)) return record;
  const message = `The ${WORDS[kind]} "${record.name}" belongs to ${record.owner}.`;
  throw new RingdownError("not_owner", message);
}
