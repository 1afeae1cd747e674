/** The data folder: whether it can be written, who else can read it, how much space is left. */
import { constants } from "node:fs";
import { access, readdir, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { systemCodeOf } from "../failure.ts";
import { formatBytes, formatDuration } from "../output/units.ts";
import type { Finding } from "./finding.ts";

const MB = 1024 ** 2;
/** Below this a busy gateway is full before anybody looks. */
const SPACE_WARN_BYTES = 1024 * MB;
const SPACE_FAIL_BYTES = 100 * MB;
const OTHERS = 0o077;
/** File systems keep times coarsely, and a gateway writes all the time. */
const FUTURE_TOLERANCE_MS = 60_000;

export async function checkDataFolder(dataDir: string, nowMs: number): Promise<readonly Finding[]> {
  const folder = await nearestFolder(dataDir);
  const writable = await checkWritable(dataDir, folder);
  const space = await checkSpace(folder);
  if (folder !== dataDir) return [writable, space];
  return [
    writable,
    await checkPrivate(dataDir),
    space,
    checkLock(dataDir),
    await checkTimes(dataDir, nowMs),
  ];
}

/** The folder itself, or the one it would be made in. */
async function nearestFolder(path: string): Promise<string> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  return exists || dirname(path) === path ? path : nearestFolder(dirname(path));
}

async function checkWritable(dataDir: string, folder: string): Promise<Finding> {
  const check = "data folder";
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    return {
      check,
      level: "fail",
      found: `${folder} cannot be written (${systemCodeOf(error) ?? "unknown"})`,
      advice: "Give this account the folder, or choose another one with --data.",
    };
  }
  const found = folder === dataDir ? `${dataDir} can be written` : `${dataDir} will be made`;
  return { check, level: "ok", found };
}

async function checkPrivate(dataDir: string): Promise<Finding> {
  const check = "permissions";
  const key = join(dataDir, "secret.key");
  const keyMode = await modeOf(key);
  if (keyMode !== undefined && (keyMode & OTHERS) !== 0) {
    const found = `others can read ${key}, which decrypts the stored secrets`;
    return { check, level: "fail", found, advice: `chmod 600 ${key}` };
  }
  if (((await modeOf(dataDir)) ?? 0) & OTHERS) {
    const found = `others can look into ${dataDir}`;
    return { check, level: "warn", found, advice: `chmod 700 ${dataDir}` };
  }
  return { check, level: "ok", found: "only this account can read the data" };
}

async function modeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mode }) => mode,
    () => undefined,
  );
}

async function checkSpace(folder: string): Promise<Finding> {
  const check = "free space";
  const { bavail, bsize, blocks } = await statfs(folder);
  const freeBytes = bavail * bsize;
  const share = blocks === 0 ? "" : ` (${((bavail / blocks) * 100).toFixed(0)} %)`;
  const found = `${formatBytes(freeBytes)} free${share}`;
  const advice =
    "Free space, or move the data folder; a full disk makes the gateway refuse requests.";
  if (freeBytes < SPACE_FAIL_BYTES) return { check, level: "fail", found, advice };
  if (freeBytes < SPACE_WARN_BYTES) return { check, level: "warn", found, advice };
  return { check, level: "ok", found };
}

/** A running gateway holds `lock.db` by an exclusive transaction. */
function checkLock(dataDir: string): Finding {
  const check = "lock";
  try {
    const lock = new DatabaseSync(join(dataDir, "lock.db"), { readOnly: true });
    try {
      lock.exec("BEGIN; SELECT 1 FROM sqlite_schema");
    } finally {
      lock.close();
    }
  } catch (error) {
    const code = error instanceof Error ? (Reflect.get(error, "errcode") as unknown) : undefined;
    if (code === SQLITE_BUSY) return { check, level: "ok", found: "a running gateway holds it" };
  }
  return { check, level: "ok", found: "no gateway uses the folder now" };
}

const SQLITE_BUSY = 5;

/** Files written "later than now" mean that the clock went back since. */
async function checkTimes(dataDir: string, nowMs: number): Promise<Finding> {
  const check = "clock";
  const names = await readdir(dataDir);
  const times = await Promise.all(
    names.map((name) =>
      stat(join(dataDir, name)).then(
        ({ mtimeMs }) => mtimeMs,
        // Files of a running store come and go.
        () => 0,
      ),
    ),
  );
  const aheadMs = Math.max(0, ...times) - nowMs;
  if (aheadMs < FUTURE_TOLERANCE_MS) {
    return { check, level: "ok", found: "not behind what was stored" };
  }
  return {
    check,
    level: "fail",
    found: `the clock is ${formatDuration(aheadMs)} behind what was stored`,
    advice: "Set the clock from a time server; signatures with a timestamp fail until then.",
  };
}
