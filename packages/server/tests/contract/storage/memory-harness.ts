/** The memory backend under the storage contract: the disk outlives the store. */
import { systemClock } from "../../../src/support/clock.ts";
import { createMemoryStorage } from "../../../src/storage/memory/create-storage.ts";
import { createMemoryDisk } from "../../../src/storage/memory/disk.ts";
import type { Storage } from "../../../src/storage/storage.ts";
import type { Harness, HarnessOptions } from "./harness.ts";

export function createMemoryHarness(options: HarnessOptions = {}): Harness {
  const disk = createMemoryDisk();
  const create = (): Storage => createMemoryStorage({ clock: systemClock }, { disk, ...options });
  let current: Storage | undefined;

  async function open(): Promise<Storage> {
    current = create();
    await current.start();
    return current;
  }

  return {
    name: "memory",
    capabilities: { exclusive: true },
    open,
    async reopen() {
      await current?.stop();
      return open();
    },
    crashAndReopen() {
      disk.crash();
      return open();
    },
    createRival: create,
    async close() {
      await current?.stop();
    },
  };
}
