/**
 * Many wake-up times, one timer: a binary heap of what is to be woken when, and a clock timer for
 * the earliest.
 *
 * Each item has at most one time that counts, the earliest it was given; once woken it has none.
 * Entries that an earlier time has overtaken stay in the heap until they come up and are dropped.
 *
 * Cost: O(log n) to set, nothing while waiting. Memory: items that wait, plus overtaken entries.
 */
import type { Clock, Timer } from "./clock.ts";

export type Wakeable = {
  /** When it is to be woken, in monotonic milliseconds; Infinity when it is not. Kept by the heap. */
  wakeAtMs: number;
};

export type WakeHeap<Item extends Wakeable> = {
  /** Wakes the item at that time, or earlier if it was set earlier. */
  set(item: Item, atMs: number): void;
  /** The item is not woken any more. */
  forget(item: Item): void;
  stop(): void;
};

type Entry<Item> = { readonly item: Item; readonly atMs: number };

export function createWakeHeap<Item extends Wakeable>(
  clock: Clock,
  wake: (item: Item) => void,
): WakeHeap<Item> {
  const heap: Entry<Item>[] = [];
  let timer: Timer | undefined;
  let timerAtMs = Number.POSITIVE_INFINITY;

  function arm(): void {
    const earliestMs = heap[0]?.atMs ?? Number.POSITIVE_INFINITY;
    if (timer !== undefined && timerAtMs <= earliestMs) return;
    disarm();
    if (earliestMs === Number.POSITIVE_INFINITY) return;
    timerAtMs = earliestMs;
    timer = clock.startTimer(Math.max(0, Math.ceil(earliestMs - clock.monotonicMs())), fire);
  }

  function disarm(): void {
    if (timer !== undefined) clock.cancelTimer(timer);
    timer = undefined;
    timerAtMs = Number.POSITIVE_INFINITY;
  }

  function fire(): void {
    disarm();
    const nowMs = clock.monotonicMs();
    for (let first = heap[0]; first !== undefined && first.atMs <= nowMs; first = heap[0]) {
      removeFirst(heap);
      if (first.item.wakeAtMs !== first.atMs) continue;
      first.item.wakeAtMs = Number.POSITIVE_INFINITY;
      wake(first.item);
    }
    arm();
  }

  return {
    set(item, atMs) {
      if (atMs >= item.wakeAtMs) return;
      item.wakeAtMs = atMs;
      insert(heap, { item, atMs });
      arm();
    },
    forget(item) {
      item.wakeAtMs = Number.POSITIVE_INFINITY;
    },
    stop() {
      for (const { item } of heap) item.wakeAtMs = Number.POSITIVE_INFINITY;
      heap.length = 0;
      disarm();
    },
  };
}

function insert<Item>(heap: Entry<Item>[], entry: Entry<Item>): void {
  let index = heap.length;
  heap.push(entry);
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const parent = heap[parentIndex];
    if (parent === undefined || parent.atMs <= entry.atMs) break;
    heap[index] = parent;
    heap[parentIndex] = entry;
    index = parentIndex;
  }
}

function removeFirst<Item>(heap: Entry<Item>[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  heap[0] = last;
  for (;;) {
    const childIndex = earlierChild(heap, index);
    const child = heap[childIndex];
    if (child === undefined || child.atMs >= last.atMs) return;
    heap[index] = child;
    heap[childIndex] = last;
    index = childIndex;
  }
}

function earlierChild<Item>(heap: readonly Entry<Item>[], index: number): number {
  const left = 2 * index + 1;
  const leftAtMs = heap[left]?.atMs ?? Number.POSITIVE_INFINITY;
  const rightAtMs = heap[left + 1]?.atMs ?? Number.POSITIVE_INFINITY;
  return rightAtMs < leftAtMs ? left + 1 : left;
}
