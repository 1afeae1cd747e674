/**
 * Divides the attempts in flight between destinations so that the dead and the slow cannot take the
 * slots of the healthy (I6).
 *
 * Each lane belongs to a class at any moment:
 *   healthy  its last answers were good; may use whatever is free
 *   fresh    nothing is known yet; all fresh ones together get at most a quarter
 *   suspect  it fails, or answers nothing although it is at its limit; all together at most a quarter
 *
 * Lanes are moved between classes with what they have in flight. A class may so be above its share;
 * it then starts nothing until it is below. A quarter of all slots is never given to fresh and
 * suspect lanes together, so a healthy one always finds some that turn over.
 *
 * Lanes that found no slot wait in the order they asked. Cost: O(1) per attempt.
 */
import assert from "node:assert/strict";
import { createRing, type Ring } from "../support/ring.ts";

export type ShareClass = "healthy" | "fresh" | "suspect";

export type Shares<Lane> = {
  readonly inFlight: number;
  mayStart(shareClass: ShareClass): boolean;
  enter(shareClass: ShareClass): void;
  leave(shareClass: ShareClass): void;
  /** A lane changes its class, with so many attempts in flight. */
  move(from: ShareClass, to: ShareClass, count: number): void;
  /** The lane asks to be told when it may start. */
  wait(lane: Lane, shareClass: ShareClass): void;
  /**
   * Lanes that may start now, taken from those that wait: at most as many as there are slots. Those
   * for which `isWaiting` is false have gone on in another way and are dropped.
   */
  release(isWaiting: (lane: Lane) => boolean): Lane[];
};

const CLASSES = ["healthy", "fresh", "suspect"] as const;
const UNPROVEN_SHARE = 0.25;
const UNHEALTHY_SHARE = 0.75;

export function createShares<Lane>(maxInFlight: number): Shares<Lane> {
  assert(maxInFlight >= 4);
  const counts: Record<ShareClass, number> = { healthy: 0, fresh: 0, suspect: 0 };
  const waiting: Record<ShareClass, Ring<Lane>> = {
    healthy: createRing(),
    fresh: createRing(),
    suspect: createRing(),
  };
  const perClass = Math.max(1, Math.floor(maxInFlight * UNPROVEN_SHARE));
  const unhealthyMax = Math.floor(maxInFlight * UNHEALTHY_SHARE);
  let inFlight = 0;

  function freeSlots(shareClass: ShareClass): number {
    const free = maxInFlight - inFlight;
    if (shareClass === "healthy") return free;
    const unhealthyFree = unhealthyMax - counts.fresh - counts.suspect;
    return Math.min(free, perClass - counts[shareClass], unhealthyFree);
  }

  return {
    get inFlight() {
      return inFlight;
    },
    mayStart: (shareClass) => freeSlots(shareClass) > 0,
    enter(shareClass) {
      counts[shareClass] += 1;
      inFlight += 1;
    },
    leave(shareClass) {
      counts[shareClass] -= 1;
      inFlight -= 1;
      assert(counts[shareClass] >= 0);
    },
    move(from, to, count) {
      counts[from] -= count;
      counts[to] += count;
      assert(counts[from] >= 0);
    },
    wait(lane, shareClass) {
      waiting[shareClass].push(lane);
    },
    release(isWaiting) {
      const released: Lane[] = [];
      for (const shareClass of CLASSES) {
        let free = freeSlots(shareClass);
        while (free > 0 && waiting[shareClass].length > 0) {
          const lane = waiting[shareClass].shift();
          if (lane === undefined || !isWaiting(lane)) continue;
          released.push(lane);
          free -= 1;
        }
      }
      return released;
    },
  };
}
