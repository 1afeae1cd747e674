/**
 * One entry of the key index as bytes: fingerprint 16 | sequence f64 | expiresAtMs f64. The journal, the
 * runs and the table in memory all hold it in this form.
 */
import { hash } from "node:crypto";

export const ENTRY_BYTES = 32;
export const FINGERPRINT_BYTES = 16;

/** 128 bits that stand for a source and a key. */
export type Fingerprint = Buffer;

export type DedupeHit = { readonly sequence: number; readonly expiresAtMs: number };

export type DedupeEntry = DedupeHit & { readonly fingerprint: Fingerprint };

export function fingerprintOf(sourceNo: number, key: Uint8Array): Fingerprint {
  const prefix = Buffer.allocUnsafe(4 + key.length);
  prefix.writeUInt32LE(sourceNo, 0);
  prefix.set(key, 4);
  return hash("sha256", prefix, "buffer").subarray(0, FINGERPRINT_BYTES);
}

/** Returns where the next entry goes. */
export function writeEntry(data: Buffer, at: number, entry: DedupeEntry): number {
  data.set(entry.fingerprint, at);
  data.writeDoubleLE(entry.sequence, at + 16);
  data.writeDoubleLE(entry.expiresAtMs, at + 24);
  return at + ENTRY_BYTES;
}

export function readEntry(data: Buffer, at: number): DedupeEntry {
  return {
    fingerprint: data.subarray(at, at + FINGERPRINT_BYTES),
    sequence: data.readDoubleLE(at + 16),
    expiresAtMs: data.readDoubleLE(at + 24),
  };
}
