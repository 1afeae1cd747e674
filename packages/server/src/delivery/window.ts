/**
 * How far a lane has got: everything up to `cursor` is settled or has a row; beyond it the window
 * holds, in ascending order, what was begun and whether it is settled.
 *
 *        cursor                              newest begun
 *   ──────┤ open  settled  settled  open  settled │ ── not begun ──▶
 *
 * The cursor moves when the oldest open sequence is settled. What a restart or a command has settled
 * *before* its turn came is remembered as `early` until its turn comes.
 *
 * Bounded by its owner, who stops beginning when `size` reaches a limit (I10).
 * Cost: O(1) per event, two array writes; nothing is allocated once the arrays have grown.
 */
import assert from "node:assert/strict";

export type Window = {
  /** Sequences beyond the cursor that were begun. */
  readonly size: number;
  readonly cursor: number;
  /** Sequences settled before their turn. */
  readonly earlyCount: number;
  /** Begins a sequence above all that were begun; returns its position, for `settle`. */
  begin(sequence: number): number;
  settle(position: number): void;
  /** The position of the oldest open sequence; -1 when nothing is open. */
  oldestOpen(): number;
  /** How many sequences above this one are open. */
  openAbove(sequence: number): number;
  /** What the position stands for. */
  at(position: number): { readonly sequence: number; readonly settled: boolean };
  /** Position of a sequence, -1 if it is not in the window. */
  find(sequence: number): number;
  /** Everything up to here is settled: allowed only while nothing is open. */
  skipTo(sequence: number): void;
  /** It is settled although its turn has not come. */
  settleEarly(sequence: number): void;
  isSettledEarly(sequence: number): boolean;
  /** Its turn has come: forgets it and says whether it was settled early. */
  takeEarly(sequence: number): boolean;
  /** Everything settled beyond the cursor, ascending. */
  settledBeyond(): number[];
  /**
   * Goes back to the cursor: what is open was not begun, what is settled counts as settled early.
   */
  rewind(): void;
};

export function createWindow(start: {
  readonly cursor: number;
  readonly settled: readonly number[];
}): Window {
  const begun = new Begun();
  const early = new Set(start.settled.filter((sequence) => sequence > start.cursor));
  let cursor = start.cursor;

  return {
    get size() {
      return begun.tail - begun.head;
    },
    get cursor() {
      return cursor;
    },
    get earlyCount() {
      return early.size;
    },
    begin(sequence) {
      const isEmpty = begun.head === begun.tail;
      assert(sequence > (isEmpty ? cursor : begun.sequenceAt(begun.tail - 1)));
      return begun.push(sequence);
    },
    settle(position) {
      begun.settle(position);
      if (position === begun.head) cursor = begun.dropSettled(cursor);
    },
    oldestOpen: () => (begun.head === begun.tail ? -1 : begun.head),
    openAbove: (limit) => begun.list("open").filter((sequence) => sequence > limit).length,
    at: (position) => ({
      sequence: begun.sequenceAt(position),
      settled: begun.isSettled(position),
    }),
    find: (sequence) => begun.find(sequence),
    skipTo(sequence) {
      assert(begun.head === begun.tail);
      cursor = Math.max(cursor, sequence);
    },
    settleEarly: (sequence) => void early.add(sequence),
    isSettledEarly: (sequence) => early.has(sequence),
    takeEarly: (sequence) => early.size > 0 && early.delete(sequence),
    settledBeyond() {
      if (early.size === 0) return begun.list("settled");
      return [...begun.list("settled"), ...early].toSorted((left, right) => left - right);
    },
    rewind() {
      for (const sequence of begun.list("settled")) early.add(sequence);
      begun.clear();
    },
  };
}

const SMALLEST_CAPACITY = 32;
const NO_SEQUENCES = new Float64Array(0);
const NO_MARKS = new Uint8Array(0);

/**
 * The sequences that were begun, ascending, each with a mark for "settled", in circular arrays.
 * Positions count up for ever; the slot of a position is its remainder by the capacity.
 *
 * A class, because every destination has one: see support/ring.ts.
 */
class Begun {
  head = 0;
  tail = 0;
  #sequences = NO_SEQUENCES;
  #marks = NO_MARKS;

  push(sequence: number): number {
    if (this.tail - this.head === this.#marks.length) this.#grow();
    const slot = this.tail & (this.#marks.length - 1);
    this.#sequences[slot] = sequence;
    this.#marks[slot] = 0;
    this.tail += 1;
    return this.tail - 1;
  }

  sequenceAt(position: number): number {
    assert(position >= this.head && position < this.tail);
    return this.#sequences[position & (this.#marks.length - 1)] ?? 0;
  }

  isSettled(position: number): boolean {
    return this.#marks[position & (this.#marks.length - 1)] === 1;
  }

  settle(position: number): void {
    assert(position >= this.head && position < this.tail);
    this.#marks[position & (this.#marks.length - 1)] = 1;
  }

  /** Drops what is settled up to the oldest open one; returns the last sequence dropped. */
  dropSettled(fallback: number): number {
    let last = fallback;
    for (; this.head < this.tail && this.isSettled(this.head); this.head++) {
      last = this.sequenceAt(this.head);
    }
    return last;
  }

  find(sequence: number): number {
    let low = this.head;
    let high = this.tail - 1;
    while (low <= high) {
      const middle = Math.floor((low + high) / 2);
      const found = this.sequenceAt(middle);
      if (found === sequence) return middle;
      if (found < sequence) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /** Sequences that are settled, or those that are not, ascending. */
  list(which: "settled" | "open"): number[] {
    const listed: number[] = [];
    for (let position = this.head; position < this.tail; position++) {
      if (this.isSettled(position) === (which === "settled")) {
        listed.push(this.sequenceAt(position));
      }
    }
    return listed;
  }

  clear(): void {
    this.head = this.tail;
  }

  #grow(): void {
    const [oldSequences, oldMarks] = [this.#sequences, this.#marks];
    const capacity = Math.max(SMALLEST_CAPACITY, oldMarks.length * 2);
    this.#sequences = new Float64Array(capacity);
    this.#marks = new Uint8Array(capacity);
    for (let position = this.head; position < this.tail; position++) {
      const [from, to] = [position & (oldMarks.length - 1), position & (capacity - 1)];
      this.#sequences[to] = oldSequences[from] ?? 0;
      this.#marks[to] = oldMarks[from] ?? 0;
    }
  }
}
