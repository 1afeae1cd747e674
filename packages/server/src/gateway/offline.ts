/**
 * What can be asked without a running gateway: whether a configuration file is sound, and whether the
 * books of a stopped gateway's data folder add up.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type CheckDocument, type ConfigFile, loadConfigFile } from "../config/config-file.ts";
import { createSystemResolver } from "../config/references.ts";
import { isRingdownError, RingdownError } from "../errors/ringdown-error.ts";
import { headerProblem, parseTargetUrl } from "../outbound/index.ts";
import { checkDocument as checkWithDeps } from "../registry/check-document.ts";
import { createSqliteStorage } from "../storage/sqlite/create-storage.ts";
import { DATABASE_FILE } from "../storage/sqlite/open.ts";
import type { Ledger } from "../storage/storage.ts";
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

/**
 * Counts the books of a stopped gateway's data folder (I2). Opening it recovers it first, as a start
 * would; nothing is delivered. @throws not_found, storage_locked, schema_mismatch, storage_corrupt
 */
export async function readLedger(dataDir: string): Promise<Ledger> {
  if (!existsSync(join(dataDir, DATABASE_FILE))) {
    throw new RingdownError("not_found", `there is no store in ${dataDir}`);
  }
  const storage = createSqliteStorage({ clock: systemClock }, { dataDir });
  await storage.start();
  try {
    return await storage.ledger();
  } finally {
    await storage.stop();
  }
}
