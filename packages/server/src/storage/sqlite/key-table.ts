/**
 * The young part of the key index: a hash table over flat arrays (open addressing), because a Map of
 * as many strings would take five times the memory. Cost: O(1), allocates nothing but results.
 */
import assert from "node:assert/strict";
import { type DedupeEntry, type DedupeHit, ENTRY_BYTES, type Fingerprint } from "./dedupe-entry.ts";

const SLOT_COUNT = 2 ** 18;

/** Beyond it look-ups would get slow; a run is written long before. */
export const KEY_TABLE_LIMIT: number = Math.floor(SLOT_COUNT * 0.9);

export type KeyTable = {
  get(fingerprint: Fingerprint): DedupeHit | undefined;
  /** Inserts, or overwrites. At most `KEY_TABLE_LIMIT` entries. */
  set(entry: DedupeEntry): void;
  size(): number;
  clear(): void;
  sorted(): Buffer;
};

/** Open addressing over flat arrays: a Map of 131,072 strings would be five times the memory. */
export function createKeyTable(): KeyTable {
  const words = new Uint32Array(SLOT_COUNT * 4);
  const sequences = new Float64Array(SLOT_COUNT);
  const expiries = new Float64Array(SLOT_COUNT);
  let size = 0;

  function slotOf(fingerprint: Fingerprint): number {
    const a = fingerprint.readUInt32BE(0);
    const b = fingerprint.readUInt32BE(4);
    const c = fingerprint.readUInt32BE(8);
    const d = fingerprint.readUInt32BE(12);
    let slot = a % SLOT_COUNT;
    while (expiries[slot] !== 0) {
      const w = slot * 4;
      if (words[w] === a && words[w + 1] === b && words[w + 2] === c && words[w + 3] === d)
        return slot;
      slot = (slot + 1) % SLOT_COUNT;
    }
    return slot;
  }

  return {
    get(fingerprint) {
      const slot = slotOf(fingerprint);
      const expiresAtMs = expiries[slot] ?? 0;
      return expiresAtMs === 0 ? undefined : { sequence: sequences[slot] ?? 0, expiresAtMs };
    },
    set({ fingerprint, sequence, expiresAtMs }) {
      assert(size < KEY_TABLE_LIMIT);
      const slot = slotOf(fingerprint);
      if (expiries[slot] === 0) size += 1;
      for (let word = 0; word < 4; word++)
        words[slot * 4 + word] = fingerprint.readUInt32BE(word * 4);
      sequences[slot] = sequence;
      expiries[slot] = expiresAtMs;
    },
    size: () => size,
    clear() {
      expiries.fill(0);
      size = 0;
    },
    sorted() {
      const rows: Buffer[] = [];
      for (let slot = 0; slot < SLOT_COUNT; slot++) {
        if (expiries[slot] === 0) continue;
        const row = Buffer.alloc(ENTRY_BYTES);
        for (let word = 0; word < 4; word++)
          row.writeUInt32BE(words[slot * 4 + word] ?? 0, word * 4);
        row.writeDoubleLE(sequences[slot] ?? 0, 16);
        row.writeDoubleLE(expiries[slot] ?? 0, 24);
        rows.push(row);
      }
      rows.sort((left, right) => left.compare(right, 0, 16, 0, 16));
      return Buffer.concat(rows);
    },
  };
}
