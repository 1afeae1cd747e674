/**
 * The contract of `EventStore` (src/stores/event-store.ts) as tests, run against every store.
 *
 * Ends of leases are waited for with short ones: a store has the clock of its server, which no test
 * can move.
 */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { EventClaim, EventStore } from "../../src/index.ts";

export type StoreHarness = {
  readonly name: string;
  /** Makes two stores over the same memory, as two processes would. */
  readonly open: () => Promise<OpenStores>;
};

export type OpenStores = {
  readonly stores: readonly [EventStore, EventStore];
  readonly close: () => Promise<void>;
};

const LONG_MS = 60_000;
const SHORT_MS = 20;

function newClaim(key: string = randomUUID()): EventClaim {
  return { key, token: randomUUID() };
}

/** Another attempt to claim the same key. */
function rivalOf({ key }: EventClaim): EventClaim {
  return newClaim(key);
}

export function exerciseEventStore({ name, open }: StoreHarness): void {
  describe(`store ${name}`, () => {
    let opened: OpenStores;
    let one: EventStore;
    let other: EventStore;

    beforeAll(async () => {
      opened = await open();
      [one, other] = opened.stores;
    });
    afterAll(() => opened.close());

    /** What a claim of the key says once the earlier one has ended. */
    const outcomeAfterEnd = async (claim: EventClaim, held: string): Promise<string> => {
      let outcome = held;
      await vi.waitUntil(
        async () => {
          outcome = await other.claim(rivalOf(claim), LONG_MS);
          return outcome !== held;
        },
        { timeout: 10_000, interval: 10 },
      );
      return outcome;
    };

    test("the first claim succeeds, a second one finds it busy", async () => {
      const claim = newClaim();
      expect(await one.claim(claim, LONG_MS)).toBe("claimed");
      expect(await other.claim(rivalOf(claim), LONG_MS)).toBe("busy");
    });

    test("claims of different keys do not meet", async () => {
      expect(await one.claim(newClaim(), LONG_MS)).toBe("claimed");
      expect(await one.claim(newClaim(), LONG_MS)).toBe("claimed");
    });

    test("a completed event stays completed for everybody", async () => {
      const claim = newClaim();
      await one.claim(claim, LONG_MS);
      await one.complete(claim, LONG_MS);
      expect(await one.claim(rivalOf(claim), LONG_MS)).toBe("completed");
      expect(await other.claim(rivalOf(claim), LONG_MS)).toBe("completed");
    });

    test("a released event can be claimed again", async () => {
      const claim = newClaim();
      await one.claim(claim, LONG_MS);
      await one.release(claim);
      expect(await other.claim(rivalOf(claim), LONG_MS)).toBe("claimed");
    });

    test("releasing a claim that somebody else holds by now changes nothing", async () => {
      const slow = newClaim();
      await one.claim(slow, SHORT_MS);
      expect(await outcomeAfterEnd(slow, "busy")).toBe("claimed");
      await one.release(slow);
      expect(await one.claim(rivalOf(slow), LONG_MS)).toBe("busy");
    });

    test("releasing a completed event changes nothing", async () => {
      const claim = newClaim();
      await one.claim(claim, LONG_MS);
      await one.complete(claim, LONG_MS);
      await one.release(claim);
      expect(await one.claim(rivalOf(claim), LONG_MS)).toBe("completed");
    });

    test("releasing what was never claimed is harmless", async () => {
      await expect(one.release(newClaim())).resolves.toBeUndefined();
    });

    test("completing counts although the lease has ended and another one works", async () => {
      const slow = newClaim();
      await one.claim(slow, SHORT_MS);
      expect(await outcomeAfterEnd(slow, "busy")).toBe("claimed");
      await one.complete(slow, LONG_MS);
      expect(await one.claim(rivalOf(slow), LONG_MS)).toBe("completed");
    });

    test("a completed event is forgotten when its time has come", async () => {
      const claim = newClaim();
      await one.claim(claim, LONG_MS);
      await one.complete(claim, SHORT_MS);
      expect(await outcomeAfterEnd(claim, "completed")).toBe("claimed");
    });

    test("of two hundred claims at once exactly one succeeds", async () => {
      const key = randomUUID();
      const outcomes = await Promise.all(
        Array.from({ length: 200 }, (_, index) =>
          (index % 2 === 0 ? one : other).claim(newClaim(key), LONG_MS),
        ),
      );
      expect(outcomes.filter((outcome) => outcome === "claimed")).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === "busy")).toHaveLength(199);
    });

    test("any text can be a key", async () => {
      for (const key of ["", "a'b\"c", "ключ", "😀", "%_\\", "x".repeat(1_000)]) {
        const claim = newClaim(`${randomUUID()}${key}`);
        expect(await one.claim(claim, LONG_MS)).toBe("claimed");
        await one.complete(claim, LONG_MS);
        expect(await other.claim(rivalOf(claim), LONG_MS)).toBe("completed");
      }
    });
  });
}
