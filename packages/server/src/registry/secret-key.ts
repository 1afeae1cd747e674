/**
 * Where the key that encrypts stored secrets comes from: RINGDOWN_SECRET_KEY, or the file
 * `secret.key` in the data folder, made at the first start and readable by its owner only.
 *
 * The file is made whole or not at all (written aside, synced, linked into place), because a key
 * that is lost or half written makes every stored secret unreadable.
 */
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { RingdownError } from "../errors/ringdown-error.ts";
import { SECRET_KEY_BYTES } from "./secrets.ts";

export const KEY_FILE_NAME = "secret.key";

const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

export type SecretKeyInputs = {
  /** Text of RINGDOWN_SECRET_KEY; absent: the file is used. */
  readonly configured?: string;
  /** Absent: nothing is kept (store memory), and a random key lasts as long as the process. */
  readonly dataDir?: string;
  readonly randomBytes: (size: number) => Uint8Array;
  /** Windows has no modes to check. */
  readonly platform: NodeJS.Platform;
};

/** @throws secret_key_invalid */
export function loadSecretKey(inputs: SecretKeyInputs): Uint8Array {
  const { configured, dataDir, randomBytes, platform } = inputs;
  if (configured !== undefined) return decodeKey(configured, "RINGDOWN_SECRET_KEY");
  if (dataDir === undefined) return randomBytes(SECRET_KEY_BYTES);
  const path = join(dataDir, KEY_FILE_NAME);
  const existing = readKeyFile(path, platform);
  if (existing !== undefined) return existing;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  createKeyFile(path, randomBytes);
  const created = readKeyFile(path, platform);
  if (created === undefined) throw keyInvalid(`${path} vanished while it was made.`);
  return created;
}

function decodeKey(text: string, from: string): Uint8Array {
  const trimmed = text.trim();
  const bytes = Buffer.from(trimmed, "base64");
  // Buffer skips what is no base64; only a text that comes back the same was one.
  const isBase64 = bytes.toString("base64").replace(/=+$/, "") === trimmed.replace(/=+$/, "");
  if (isBase64 && bytes.length === SECRET_KEY_BYTES) return bytes;
  throw keyInvalid(`${from} is not base64 of ${SECRET_KEY_BYTES} bytes.`);
}

function readKeyFile(path: string, platform: NodeJS.Platform): Uint8Array | undefined {
  let mode: number;
  try {
    mode = statSync(path).mode;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw keyInvalid(`${path} cannot be read.`, error);
  }
  if (platform !== "win32" && (mode & OTHERS) !== 0) {
    throw keyInvalid(`${path} can be read by others than its owner: chmod 600 ${path}`);
  }
  try {
    return decodeKey(readFileSync(path, "utf8"), path);
  } catch (error) {
    if (error instanceof RingdownError) throw error;
    throw keyInvalid(`${path} cannot be read.`, error);
  }
}

/** Of two processes that start at once, one makes the file and both read it. */
function createKeyFile(path: string, randomBytes: (size: number) => Uint8Array): void {
  const key = Buffer.from(randomBytes(SECRET_KEY_BYTES)).toString("base64");
  const aside = `${path}.${Buffer.from(randomBytes(6)).toString("hex")}.new`;
  try {
    const file = openSync(aside, "wx", OWNER_ONLY);
    try {
      writeSync(file, `${key}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    // The umask may have taken bits away; it cannot add any.
    chmodSync(aside, OWNER_ONLY);
    linkSync(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw keyInvalid(`${path} cannot be made.`, error);
    }
  } finally {
    rmSync(aside, { force: true });
  }
}

function keyInvalid(message: string, cause?: unknown): RingdownError {
  return new RingdownError("secret_key_invalid", message, { cause });
}
