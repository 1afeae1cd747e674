/**
 * The SQLite backend under the storage contract, on a folder of its own.
 *
 * A crash is a copy of the database and its log, taken while the store is open: a killed process
 * leaves exactly that. A copy is taken as a moment in time only when two passes over both files read
 * the same bytes; otherwise something was written meanwhile and it is taken again. (What a loss of
 * power leaves, and real kills, are tests/faults/.)
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../src/support/clock.ts";
import { createSqliteStorage } from "../../../src/storage/sqlite/create-storage.ts";
import type { Storage } from "../../../src/storage/storage.ts";
import type { Harness, HarnessOptions } from "./harness.ts";

const FILES = ["ringdown.db", "ringdown.db-wal"] as const;
// Every store starts two threads, and each compiles the store's sources; keeping the result halves
// the time of the whole contract. It is the place that Node itself would choose.
process.env["NODE_COMPILE_CACHE"] ??= join(tmpdir(), "node-compile-cache");

/** A pass takes about a millisecond, so this outlasts every write a test has in flight. */
const COPY_TRIES = 1000;

export function createSqliteHarness(options: HarnessOptions = {}): Harness {
  const root = mkdtempSync(join(tmpdir(), "ringdown-contract-"));
  let lives = 0;
  let current: { storage: Storage; dataDir: string } | undefined;

  function create(dataDir: string): Storage {
    return createSqliteStorage({ clock: systemClock }, { dataDir, ...options });
  }

  async function openAt(dataDir: string): Promise<Storage> {
    current = { storage: create(dataDir), dataDir };
    await current.storage.start();
    return current.storage;
  }

  function nextFolder(): string {
    lives += 1;
    return join(root, `life-${lives}`);
  }

  function folder(): string {
    if (current === undefined) throw new Error("open the harness first");
    return current.dataDir;
  }

  return {
    name: "sqlite",
    capabilities: { exclusive: true },
    open: () => openAt(nextFolder()),
    async reopen() {
      await current?.storage.stop();
      return openAt(folder());
    },
    async crashAndReopen() {
      const remains = readRemains(folder());
      const crashed = current?.storage;
      const dataDir = nextFolder();
      mkdirSync(dataDir);
      FILES.forEach((name, index) => writeFileSync(join(dataDir, name), remains[index] ?? ""));
      await crashed?.stop();
      return openAt(dataDir);
    },
    createRival: () => create(folder()),
    async close() {
      await current?.storage.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Blocks this thread, so that nothing is called back between the crash and its copy. */
function readRemains(dataDir: string): readonly Buffer[] {
  let last = readFiles(dataDir);
  for (let tries = 0; tries < COPY_TRIES; tries++) {
    const next = readFiles(dataDir);
    if (next.every((bytes, index) => bytes.equals(last[index] ?? Buffer.alloc(0)))) return next;
    last = next;
  }
  throw new Error("the store never stopped writing while it was copied");
}

function readFiles(dataDir: string): readonly Buffer[] {
  return FILES.map((name) => readFileSync(join(dataDir, name)));
}
