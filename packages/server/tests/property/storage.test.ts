/**
 * Every backend against one naive model, over random histories with restarts and crashes: the same
 * answers to everything, so that backends also agree with one another. fast-check prints the seed
 * and the smallest failing history.
 */
import fc from "fast-check";
import { describe, test } from "vitest";
import { NOON_MS } from "../contract/storage/fixtures.ts";
import type { CreateHarness } from "../contract/storage/harness.ts";
import { createMemoryHarness } from "../contract/storage/memory-harness.ts";
import { createSqliteHarness } from "../contract/storage/sqlite-harness.ts";
import { expectRecovered, expectSame } from "./storage-check.ts";
import { type Command, commands, step, type World } from "./storage-commands.ts";
import { createModel } from "./storage-model.ts";

async function checkHistory(
  createHarness: CreateHarness,
  history: readonly Command[],
): Promise<void> {
  const harness = createHarness();
  try {
    const storage = await harness.open();
    const world: World = { harness, model: createModel(), storage, nowMs: NOON_MS };
    for (const command of history) {
      if ((await step(world, command)) === "same") continue;
      await expectRecovered(world.storage, world.model);
      await expectSame(world.storage, world.model);
    }
    await expectSame(world.storage, world.model);
  } finally {
    await harness.close();
  }
}

/** SQLite starts two threads with every life of a store: 100 ms each. */
const BACKENDS = [
  { name: "memory", createHarness: createMemoryHarness, runCount: 300 },
  { name: "sqlite", createHarness: createSqliteHarness, runCount: 12 },
] as const;

describe("storage over random histories", () => {
  test.for(BACKENDS)(
    "[I1] [I2] $name answers what the definitions say, also after restarts and crashes",
    async ({ createHarness, runCount }) => {
      const property = fc.asyncProperty(commands, (history) =>
        checkHistory(createHarness, history),
      );
      await fc.assert(property, { numRuns: runCount });
    },
  );
});
