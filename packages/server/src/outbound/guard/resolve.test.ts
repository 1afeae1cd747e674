import { describe, expect, test } from "vitest";

import { createVirtualClock } from "../../../tests/support/virtual-clock.ts";
import { createResolver, DEFAULT_RESOLVER_OPTIONS } from "./resolve.ts";
import type { Resolution, ResolverOptions } from "./resolve.ts";

/** A resolver whose lookups are answered by the test. */
function setUp(options: Partial<ResolverOptions> = {}) {
  const clock = createVirtualClock();
  const asked: string[] = [];
  const pending = new Map<string, (error: Error | null, addresses: readonly string[]) => void>();
  const resolver = createResolver(
    {
      clock,
      lookup(hostname, done) {
        asked.push(hostname);
        pending.set(hostname, done);
      },
    },
    { ...DEFAULT_RESOLVER_OPTIONS, ...options },
  );

  function resolve(hostname: string): { answers: Resolution[]; stop: () => void } {
    const answers: Resolution[] = [];
    const stop = resolver.resolve(hostname, (resolution) => answers.push(resolution));
    return { answers, stop };
  }
  function answer(hostname: string, outcome: readonly string[] | Error): void {
    const done = pending.get(hostname)!;
    pending.delete(hostname);
    if (outcome instanceof Error) done(outcome, []);
    else done(null, outcome);
  }
  return { clock, asked, resolve, answer };
}

const NOT_FOUND = Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });

describe("createResolver", () => {
  test("everybody who asks for a name meanwhile gets the answer of one lookup", () => {
    const { asked, resolve, answer } = setUp();
    const waiting = [resolve("a.example"), resolve("a.example"), resolve("a.example")];
    answer("a.example", ["1.1.1.1", "2.2.2.2"]);
    expect(asked).toEqual(["a.example"]);
    for (const { answers } of waiting) {
      expect(answers).toEqual([{ kind: "found", addresses: ["1.1.1.1", "2.2.2.2"] }]);
    }
  });

  test("an answer is kept for its time to live, and then asked for again", async () => {
    const { clock, asked, resolve, answer } = setUp({ ttlMs: 30_000 });
    resolve("a.example");
    answer("a.example", ["1.1.1.1"]);
    await clock.advance(29_999);
    expect(resolve("a.example").answers).toHaveLength(1);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    expect(resolve("a.example").answers).toHaveLength(0);
    expect(asked).toHaveLength(2);
  });

  test("a failure is kept for a shorter time", async () => {
    const { clock, asked, resolve, answer } = setUp({ negativeTtlMs: 5_000 });
    const first = resolve("a.example");
    answer("a.example", NOT_FOUND);
    expect(first.answers).toMatchObject([{ kind: "failed", detail: "ENOTFOUND" }]);
    await clock.advance(4_999);
    expect(resolve("a.example").answers).toMatchObject([{ kind: "failed" }]);
    await clock.advance(1);
    resolve("a.example");
    expect(asked).toHaveLength(2);
  });

  test("a name without addresses is a failure", () => {
    const { resolve, answer } = setUp();
    const { answers } = resolve("a.example");
    answer("a.example", []);
    expect(answers).toMatchObject([{ kind: "failed", detail: "ENODATA" }]);
  });

  test("who stopped waiting is not told, and the answer is kept all the same", () => {
    const { asked, resolve, answer } = setUp();
    const { answers, stop } = resolve("a.example");
    stop();
    answer("a.example", ["1.1.1.1"]);
    expect(answers).toEqual([]);
    expect(resolve("a.example").answers).toHaveLength(1);
    expect(asked).toHaveLength(1);
  });

  test("[I10] no more lookups run at once than there are slots; the rest wait in order", () => {
    const { asked, resolve, answer } = setUp({ slots: 2 });
    for (const name of ["a", "b", "c", "d"]) resolve(name);
    expect(asked).toEqual(["a", "b"]);
    answer("b", ["1.1.1.1"]);
    expect(asked).toEqual(["a", "b", "c"]);
    answer("a", NOT_FOUND);
    expect(asked).toEqual(["a", "b", "c", "d"]);
  });

  test("a lookup that nobody waits for any more is not started", () => {
    const { asked, resolve, answer } = setUp({ slots: 1 });
    resolve("a");
    resolve("b").stop();
    resolve("c");
    answer("a", ["1.1.1.1"]);
    expect(asked).toEqual(["a", "c"]);
    resolve("b");
    answer("c", ["1.1.1.1"]);
    expect(asked).toEqual(["a", "c", "b"]);
  });

  test("[I6] names that failed last time leave a slot to the others", async () => {
    const { clock, asked, resolve, answer } = setUp({ slots: 2 });
    for (const name of ["dead-1", "dead-2"]) {
      resolve(name);
      answer(name, NOT_FOUND);
    }
    await clock.advance(10_000);
    for (const name of ["dead-1", "dead-2", "healthy"]) resolve(name);
    expect(asked.slice(2)).toEqual(["dead-1", "healthy"]);
    answer("healthy", ["1.1.1.1"]);
    expect(asked.slice(4)).toEqual([]);
    answer("dead-1", NOT_FOUND);
    expect(asked.slice(4)).toEqual(["dead-2"]);
  });

  test("[I10] at the limit of names the oldest answer goes", () => {
    const { asked, resolve, answer } = setUp({ maxNames: 2 });
    for (const name of ["a", "b", "c"]) {
      resolve(name);
      answer(name, ["1.1.1.1"]);
    }
    expect(resolve("b").answers).toHaveLength(1);
    expect(resolve("a").answers).toHaveLength(0);
    expect(asked).toEqual(["a", "b", "c", "a"]);
  });

  test("[I10] when all names are being waited for, one more fails at once", () => {
    const { asked, resolve } = setUp({ maxNames: 2 });
    resolve("a");
    resolve("b");
    expect(resolve("c").answers).toMatchObject([{ kind: "failed", detail: "too_many_names" }]);
    expect(asked).toEqual(["a", "b"]);
  });
});
