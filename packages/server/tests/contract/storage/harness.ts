/**
 * What a backend brings along to be run through the storage contract: how to open a store on a place
 * of its own, close it, and crash it.
 *
 * A harness belongs to one test and has one current store. Every method that opens gives a started
 * one; its recovery is what `start()` answers, however often it is asked.
 */
import { type TestAPI, test } from "vitest";
import type { Storage } from "../../../src/storage/storage.ts";

export type HarnessOptions = {
  readonly waitingBytesLimit?: number;
};

export type Harness = {
  readonly name: Storage["kind"];
  readonly capabilities: {
    /** A place belongs to one store at a time: a second one is refused with storage_locked. */
    readonly exclusive: boolean;
  };
  /** A store on a new, empty place. */
  open(): Promise<Storage>;
  /** Stops the store in order and opens its place again. */
  reopen(): Promise<Storage>;
  /**
   * Opens what a killed process would have left at the moment of the call. Nothing that the old
   * store still does is to be found in the new one; a test must not listen to it any more.
   */
  crashAndReopen(): Promise<Storage>;
  /** Another store on the same place, not started. The test stops it. */
  createRival(): Storage;
  /** Stops everything and removes the place. */
  close(): Promise<void>;
};

export type CreateHarness = (options?: HarnessOptions) => Harness;

/** The store after a restart, and after a crash. */
export async function* restartsOf(harness: Harness): AsyncGenerator<Storage> {
  yield await harness.reopen();
  yield await harness.crashAndReopen();
}

/** The store as it is, after a restart, and after a crash: what is durable reads the same in each. */
export async function* livesOf(harness: Harness, storage: Storage): AsyncGenerator<Storage> {
  yield storage;
  yield* restartsOf(harness);
}

type StorageFixtures = { harness: Harness; storage: Storage };

/** `test` with an empty, started store and the harness that made it; both are gone afterwards. */
export function createStorageTest(
  createHarness: CreateHarness,
  options?: HarnessOptions,
): TestAPI<StorageFixtures> {
  return test.extend<StorageFixtures>({
    harness: async ({ onTestFinished }, use) => {
      const harness = createHarness(options);
      onTestFinished(() => harness.close());
      await use(harness);
    },
    storage: async ({ harness }, use) => {
      await use(await harness.open());
    },
  });
}
