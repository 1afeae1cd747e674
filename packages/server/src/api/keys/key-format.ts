/**
 * The form of an API key: `rd_`, 43 base62 digits that hold 256 random bits, and 6 base62 digits of
 * their CRC-32.
 *
 * The checksum lets a mistyped or cut-off key, and text that a secret scanner found, be recognised
 * without asking the store. It proves nothing else.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

const PREFIX = "rd_";
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SECRET_BYTES = 32;
/** 62^43 is just above 2^256. */
const SECRET_DIGITS = 43;
const CHECK_DIGITS = 6;
const FORM = new RegExp(`^${PREFIX}[0-9A-Za-z]{${String(SECRET_DIGITS + CHECK_DIGITS)}}$`);
/** Enough to recognise a key in a list, far too little to guess the rest. */
const SHOWN_LENGTH = 10;

function base62(value: bigint, width: number): string {
  let text = "";
  let rest = value;
  for (let i = 0; i < width; i++) {
    text = (DIGITS[Number(rest % 62n)] ?? "") + text;
    rest /= 62n;
  }
  return text;
}

function checkDigits(secretDigits: string): string {
  return base62(BigInt(crc32(secretDigits)), CHECK_DIGITS);
}

/** The key that holds these 32 random bytes. */
export function formatKey(randomBytes: Uint8Array): string {
  assert(randomBytes.length === SECRET_BYTES);
  const digits = base62(BigInt(`0x${Buffer.from(randomBytes).toString("hex")}`), SECRET_DIGITS);
  return PREFIX + digits + checkDigits(digits);
}

/** Whether the text has the form of a generated key, checksum included. */
export function isWellFormedKey(text: string): boolean {
  if (!FORM.test(text)) return false;
  const digits = text.slice(PREFIX.length, PREFIX.length + SECRET_DIGITS);
  return text.endsWith(checkDigits(digits));
}

/** What is kept of a key. Plain SHA-256: 256 random bits need no slow hash. */
export function hashKey(key: string): Buffer {
  return createHash("sha256").update(key, "utf8").digest();
}

/** The beginning that lists may show. */
export function shownPrefix(key: string): string {
  return key.slice(0, SHOWN_LENGTH);
}
