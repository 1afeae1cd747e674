/**
 * A first-in, first-out list in a circular array: both ends in constant time, no shifting, and the
 * memory of what was taken is let go at once.
 *
 * It grows by doubling and is never bounded by itself: its owner names the limit (I10).
 */

export type Ring<Item> = {
  readonly length: number;
  push(item: Item): void;
  /** Puts an item before the oldest one. */
  unshift(item: Item): void;
  shift(): Item | undefined;
  /** Takes the newest one back. */
  pop(): Item | undefined;
  /** The oldest one, left where it is. */
  peek(): Item | undefined;
  clear(): void;
  /** Oldest first. */
  [Symbol.iterator](): Iterator<Item>;
};

const SMALLEST_CAPACITY = 16;

export function createRing<Item>(): Ring<Item> {
  let slots: (Item | undefined)[] = [];
  let head = 0;
  let length = 0;

  function at(index: number): number {
    return (head + index) & (slots.length - 1);
  }

  function grow(): void {
    const larger: (Item | undefined)[] = [];
    for (let i = 0; i < length; i++) larger.push(slots[at(i)]);
    const capacity = Math.max(SMALLEST_CAPACITY, slots.length * 2);
    while (larger.length < capacity) larger.push(undefined);
    slots = larger;
    head = 0;
  }

  return {
    get length() {
      return length;
    },
    push(item) {
      if (length === slots.length) grow();
      slots[at(length)] = item;
      length += 1;
    },
    unshift(item) {
      if (length === slots.length) grow();
      head = at(-1);
      slots[head] = item;
      length += 1;
    },
    shift() {
      if (length === 0) return undefined;
      const item = slots[head];
      slots[head] = undefined;
      head = at(1);
      length -= 1;
      return item;
    },
    pop() {
      if (length === 0) return undefined;
      length -= 1;
      const item = slots[at(length)];
      slots[at(length)] = undefined;
      return item;
    },
    peek: () => (length === 0 ? undefined : slots[head]),
    clear() {
      slots = [];
      head = 0;
      length = 0;
    },
    *[Symbol.iterator]() {
      for (let i = 0; i < length; i++) yield slots[at(i)] as Item;
    },
  };
}
