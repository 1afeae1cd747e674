/**
 * The API keys of a gateway: created, shown once, kept as SHA-256, checked on every call.
 *
 * All keys are in memory, so that a check costs no read; the store has them as `api-key` documents.
 * A check compares with every key in constant time and never ends early, so its duration tells
 * nothing about which key came close. An operator's own key (RINGDOWN_ADMIN_KEY) is never stored:
 * taking it out of the environment revokes it.
 *
 * Cost: one SHA-256 and one 32-byte comparison per key, about 20 microseconds with 50 keys.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { RingdownError } from "../../errors/ringdown-error.ts";
import { formatRandomId } from "../../model/ids.ts";
import type { Storage } from "../../storage/storage.ts";
import type { Clock } from "../../support/clock.ts";
import { formatKey, hashKey, isWellFormedKey, shownPrefix } from "./key-format.ts";

/** What anybody may know about a key. */
export type KeyInfo = {
  readonly id: string;
  readonly name: string;
  /** The first characters of the key. */
  readonly prefix: string;
  readonly createdAtMs: number;
  readonly expiresAtMs?: number;
  /** Kept to about ten minutes, and lost when the process ends before it is written. */
  readonly lastUsedAtMs?: number;
};

export type KeyCheck =
  /** `keyId` is absent for the operator's own key. */
  | { readonly kind: "valid"; readonly keyId?: string }
  | { readonly kind: "expired" }
  | { readonly kind: "unknown" };

export type NewKey = { readonly name: string; readonly expiresAtMs?: number };

export type Keys = {
  check(token: string): KeyCheck;
  /**
   * Whether guessing it is hopeless: a generated key's form. Others (an operator's own words) need
   * the throttle.
   */
  isUnguessable(token: string): boolean;
  /** `plain` exists only in this answer. @throws state_conflict at the limit of keys */
  create(key: NewKey): Promise<{ readonly info: KeyInfo; readonly plain: string }>;
  list(): readonly KeyInfo[];
  /** @throws not_found; state_conflict for the last key that lets anybody in */
  remove(id: string): Promise<void>;
  /** Makes a first key if nothing else lets anybody in, and returns it, once, for printing. */
  ensureAdminKey(): Promise<string | undefined>;
};

export type KeysDeps = { readonly storage: Storage; readonly clock: Clock };

export type KeysOptions = {
  /** The operator's own key, at least `ADMIN_KEY_MIN_LENGTH` characters. */
  readonly adminKey?: string;
};

type StoredKey = KeyInfo & { readonly hash: string };
type LoadedKey = {
  info: KeyInfo;
  readonly hash: Buffer;
  /** Revoked from the moment this is set, also while the store has not yet forgotten the key. */
  removed: "no" | "yes";
};

const DOCUMENT_KIND = "api-key";
/** Every check looks at every key. */
const KEY_LIMIT = 200;
export const ADMIN_KEY_MIN_LENGTH = 16;
/** How stale `lastUsedAt` may be: a write per call would cost an fsync per call. */
const LAST_USED_RESOLUTION_MS = 10 * 60 * 1000;

/** Loads the keys. @throws config_invalid for an operator's key that is too short, storage errors */
export async function openKeys(deps: KeysDeps, options: KeysOptions = {}): Promise<Keys> {
  const { storage, clock } = deps;
  const adminHash = options.adminKey === undefined ? undefined : hashAdminKey(options.adminKey);
  const keys = await loadKeys(storage);

  function isExpired({ expiresAtMs }: KeyInfo): boolean {
    return expiresAtMs !== undefined && expiresAtMs <= clock.nowMs();
  }

  function kept(): readonly LoadedKey[] {
    return [...keys.values()].filter((key) => key.removed === "no");
  }

  /** Whether anybody could still call the API without the key of this id. */
  function othersLetIn(exceptId: string): boolean {
    if (adminHash !== undefined) return true;
    return kept().some(({ info }) => info.id !== exceptId && !isExpired(info));
  }

  async function create(key: NewKey): Promise<{ info: KeyInfo; plain: string }> {
    if (keys.size >= KEY_LIMIT) {
      throw new RingdownError("state_conflict", `There are already ${String(KEY_LIMIT)} keys.`);
    }
    const made = makeKey(key, clock.nowMs());
    await putKey(storage, made.loaded);
    keys.set(made.loaded.info.id, made.loaded);
    return { info: made.loaded.info, plain: made.plain };
  }

  return {
    check(token) {
      const hash = hashKey(token);
      const found = findEqual(keys.values(), hash);
      if (adminHash !== undefined && timingSafeEqual(adminHash, hash)) return { kind: "valid" };
      if (found === undefined || found.removed === "yes") return { kind: "unknown" };
      if (isExpired(found.info)) return { kind: "expired" };
      noteUse(deps, found);
      return { kind: "valid", keyId: found.info.id };
    },
    isUnguessable: isWellFormedKey,
    create,
    list: () => kept().map(({ info }) => info),
    async remove(id) {
      const key = keys.get(id);
      if (key === undefined) {
        throw new RingdownError("not_found", "There is no API key with this id.");
      }
      if (key.removed === "no" && !othersLetIn(id)) {
        throw new RingdownError("state_conflict", "This is the last valid API key.");
      }
      // If the store fails here, the key is revoked until a restart, and the call can be repeated.
      key.removed = "yes";
      await storage.putDocuments([{ remove: { kind: DOCUMENT_KIND, id } }]);
      keys.delete(id);
    },
    async ensureAdminKey() {
      if (othersLetIn("")) return undefined;
      const { plain } = await create({ name: "admin" });
      return plain;
    },
  };
}

async function loadKeys(storage: Storage): Promise<Map<string, LoadedKey>> {
  const keys = new Map<string, LoadedKey>();
  for (const stored of await storage.listDocuments(DOCUMENT_KIND)) {
    const { hash, ...info } = stored.document as StoredKey;
    keys.set(stored.id, { info, hash: Buffer.from(hash, "hex"), removed: "no" });
  }
  return keys;
}

async function putKey(storage: Storage, key: LoadedKey): Promise<void> {
  const document: StoredKey = { ...key.info, hash: key.hash.toString("hex") };
  await storage.putDocuments([{ put: { kind: DOCUMENT_KIND, id: key.info.id, document } }]);
}

function makeKey(key: NewKey, nowMs: number): { plain: string; loaded: LoadedKey } {
  const plain = formatKey(randomBytes(32));
  const info: KeyInfo = {
    id: formatRandomId("key", nowMs, randomBytes(10)),
    name: key.name,
    prefix: shownPrefix(plain),
    createdAtMs: nowMs,
    ...(key.expiresAtMs === undefined ? {} : { expiresAtMs: key.expiresAtMs }),
  };
  return { plain, loaded: { info, hash: hashKey(plain), removed: "no" } };
}

/** Looks at every key, whichever matches. */
function findEqual(keys: Iterable<LoadedKey>, hash: Buffer): LoadedKey | undefined {
  let found: LoadedKey | undefined;
  for (const key of keys) {
    if (timingSafeEqual(key.hash, hash)) found = key;
  }
  return found;
}

function noteUse({ storage, clock }: KeysDeps, key: LoadedKey): void {
  const nowMs = clock.nowMs();
  if (nowMs - (key.info.lastUsedAtMs ?? 0) < LAST_USED_RESOLUTION_MS) return;
  key.info = { ...key.info, lastUsedAtMs: nowMs };
  // A lost note is a less exact list, nothing more; the store reports its own failures.
  putKey(storage, key).catch(() => undefined);
}

function hashAdminKey(adminKey: string): Buffer {
  if (adminKey.length < ADMIN_KEY_MIN_LENGTH) {
    throw new RingdownError(
      "config_invalid",
      `RINGDOWN_ADMIN_KEY has ${String(adminKey.length)} characters; at least ${String(ADMIN_KEY_MIN_LENGTH)} are needed.`,
    );
  }
  return hashKey(adminKey);
}
