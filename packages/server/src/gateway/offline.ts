/**
 * What can be asked without a running gateway: whether a configuration file is sound, whether the
 * books of a stopped gateway's store add up, and whether a database is fit to be one.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type CheckDocument, type ConfigFile, loadConfigFile } from "../config/config-file.ts";
import type { ServerOptions } from "../config/options.ts";
import { createSystemResolver } from "../config/references.ts";
import { isRingdownError, RingdownError } from "../errors/ringdown-error.ts";
import { headerProblem, parseTargetUrl } from "../outbound/index.ts";
import { checkDocument as checkWithDeps } from "../registry/check-document.ts";
import { createPostgresStorage } from "../storage/postgres/create-storage.ts";
import { type Probe, probePostgres } from "../storage/postgres/probe.ts";
import { createSqliteStorage } from "../storage/sqlite/create-storage.ts";
import { DATABASE_FILE } from "../storage/sqlite/open.ts";
import type { Ledger, Storage } from "../storage/storage.ts";
import { systemClock } from "../support/clock.ts";

/** Names, expressions, URLs and secret references, judged with this process's environment. */
export const checkDocument: CheckDocument = (document) =>
  checkWithDeps(document, {
    purpose: "live",
    resolve: createSystemResolver(),
    parseTargetUrl,
    headerProblem,
    bodyLimitBytes: 0,
  }).problems;

export type ConfigFileProblem = {
  /** The whole line: `ringdown.yaml:34:11 routes.paid.to: unknown destination "inventry"`. */
  readonly text: string;
};

export type ValidatedConfigFile =
  | { readonly file: ConfigFile; readonly problems: readonly [] }
  | { readonly file: undefined; readonly problems: readonly ConfigFileProblem[] };

/** Every problem of the file at once. @throws config_unreadable */
export function validateConfigFile(path: string): ValidatedConfigFile {
  try {
    return { file: loadConfigFile(path, checkDocument), problems: [] };
  } catch (error) {
    if (!isRingdownError(error) || error.code === "config_unreadable") throw error;
    const problems = error.message.split("\n").map((text) => ({ text }));
    return { file: undefined, problems };
  }
}

export type StoppedStore = Pick<ServerOptions, "dataDir"> &
  Partial<Pick<ServerOptions, "store" | "storeSchema">>;

/**
 * Counts the books of a stopped gateway's store (I2). Opening it recovers it first, as a start would;
 * nothing is delivered. @throws not_found, storage_locked, schema_mismatch, storage_corrupt
 */
export async function readLedger(place: StoppedStore): Promise<Ledger> {
  const storage = openStopped(place);
  await storage.start();
  try {
    return await storage.ledger();
  } finally {
    await storage.stop();
  }
}

function openStopped({ dataDir, store = "sqlite", storeSchema }: StoppedStore): Storage {
  if (store === "memory") {
    throw new RingdownError("not_found", "a memory store is gone when its gateway stops");
  }
  if (store !== "sqlite") {
    const schema = storeSchema === undefined ? {} : { schema: storeSchema };
    return createPostgresStorage({ clock: systemClock }, { url: store, ...schema });
  }
  if (!existsSync(join(dataDir, DATABASE_FILE))) {
    throw new RingdownError("not_found", `there is no store in ${dataDir}`);
  }
  return createSqliteStorage({ clock: systemClock }, { dataDir });
}

/** Whether a gateway could keep its events there; `undefined` if the store is no database server. */
export async function probeStore({
  store,
  storeSchema,
}: Pick<ServerOptions, "store" | "storeSchema">): Promise<Probe | undefined> {
  return typeof store === "string" ? undefined : probePostgres(store, storeSchema);
}
