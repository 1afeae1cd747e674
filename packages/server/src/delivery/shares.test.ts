import { expect, test } from "vitest";
import { createShares, type ShareClass } from "./shares.ts";

function fill(shares: ReturnType<typeof createShares<string>>, shareClass: ShareClass): number {
  let count = 0;
  for (; shares.mayStart(shareClass); count++) shares.enter(shareClass);
  return count;
}

test("healthy lanes may use every slot", () => {
  expect(fill(createShares(100), "healthy")).toBe(100);
});

test("[I6] suspect lanes together get a quarter, and so do fresh ones", () => {
  const shares = createShares<string>(100);
  expect(fill(shares, "suspect")).toBe(25);
  expect(fill(shares, "fresh")).toBe(25);
  expect(fill(shares, "healthy")).toBe(50);
});

test("[I6] however fast fresh lanes turn out to hang, a quarter stays for the healthy", () => {
  const shares = createShares<string>(100);
  for (let second = 0; second < 100; second++) {
    const started = fill(shares, "fresh");
    shares.move("fresh", "suspect", started);
  }
  expect(shares.inFlight).toBe(75);
  expect(shares.mayStart("suspect")).toBe(false);
  expect(fill(shares, "healthy")).toBe(25);
});

test("a lane that recovers takes its attempts along", () => {
  const shares = createShares<string>(100);
  fill(shares, "suspect");
  shares.move("suspect", "healthy", 10);
  expect(fill(shares, "suspect")).toBe(10);
});

test("who waits is let in in order, and only when there is a slot for its class", () => {
  const shares = createShares<string>(4);
  fill(shares, "suspect");
  shares.wait("first", "suspect");
  shares.wait("second", "suspect");
  expect(shares.release(() => true)).toEqual([]);
  shares.leave("suspect");
  expect(shares.release(() => true)).toEqual(["first"]);
});

test("who has gone on in another way neither takes a slot nor holds one up", () => {
  const shares = createShares<string>(4);
  shares.wait("gone", "suspect");
  shares.wait("here", "suspect");
  expect(shares.release((lane) => lane === "here")).toEqual(["here"]);
});
