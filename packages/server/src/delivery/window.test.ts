import fc from "fast-check";
import { expect, test } from "vitest";
import { createWindow } from "./window.ts";

test("the cursor waits for the oldest open sequence", () => {
  const window = createWindow({ cursor: 10, settled: [] });
  const [first, second, third] = [12, 15, 20].map((sequence) => window.begin(sequence));
  window.settle(second!);
  window.settle(third!);
  expect([window.cursor, window.settledBeyond()]).toEqual([10, [15, 20]]);
  window.settle(first!);
  expect([window.cursor, window.settledBeyond(), window.size]).toEqual([20, [], 0]);
});

test("what was settled before its turn is known until its turn comes", () => {
  const window = createWindow({ cursor: 10, settled: [5, 12, 14] });
  expect(window.settledBeyond()).toEqual([12, 14]);
  expect(window.takeEarly(11)).toBe(false);
  expect(window.takeEarly(12)).toBe(true);
  expect(window.takeEarly(12)).toBe(false);
});

test("going back forgets what is open and keeps what is settled", () => {
  const window = createWindow({ cursor: 0, settled: [] });
  const positions = [1, 2, 3].map((sequence) => window.begin(sequence));
  window.settle(positions[1]!);
  window.rewind();
  expect([window.cursor, window.size, window.settledBeyond()]).toEqual([0, 0, [2]]);
  expect(window.begin(1)).toBeGreaterThan(positions[2]!);
});

test("sequences are found where they are", () => {
  const window = createWindow({ cursor: 0, settled: [] });
  const sequences = [3, 7, 8, 100];
  const positions = sequences.map((sequence) => window.begin(sequence));
  expect(sequences.map((sequence) => window.find(sequence))).toEqual(positions);
  expect([1, 5, 9, 101].map((sequence) => window.find(sequence))).toEqual([-1, -1, -1, -1]);
});

test("cursor and settled list tell exactly what is settled, whatever the order", () => {
  const orders = fc.shuffledSubarray(
    Array.from({ length: 200 }, (_, index) => index),
    { minLength: 0 },
  );
  fc.assert(
    fc.property(orders, (order) => {
      const window = createWindow({ cursor: 0, settled: [] });
      const positions = Array.from({ length: 200 }, (_, index) => window.begin(2 * index + 1));
      for (const index of order) window.settle(positions[index]!);
      const settled = new Set(order.map((index) => 2 * index + 1));
      const beyond = new Set(window.settledBeyond());
      for (let sequence = 1; sequence < 400; sequence += 2) {
        const isSettled = sequence <= window.cursor || beyond.has(sequence);
        expect(isSettled).toBe(settled.has(sequence));
      }
    }),
  );
});
