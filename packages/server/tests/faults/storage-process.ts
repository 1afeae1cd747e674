/**
 * A process that appends to a SQLite store as fast as it is acknowledged and says on standard output
 * what was acknowledged: the victim of the power-loss and kill trials.
 *
 * argv: data folder, then "sound" or one of the flaws that a trial must notice:
 *   normal   synchronous=NORMAL: a commit is answered before it is on disk
 *   early    acknowledged when handed over, before the commit
 */
import { writeSync } from "node:fs";
import type { NewRequest } from "../../src/model/request.ts";
import { createSqliteStorage } from "../../src/storage/sqlite/create-storage.ts";
import { systemClock } from "../../src/support/clock.ts";

const [dataDir = "", flaw = "sound"] = process.argv.slice(2);
const IN_FLIGHT = 32;

const storage = createSqliteStorage(
  { clock: systemClock, onFailed: () => process.exit(1) },
  { dataDir, synchronous: flaw === "normal" ? "NORMAL" : "FULL" },
);
const { lastSequence } = await storage.start();
let next = lastSequence + 1;

/** One line per acknowledgement, written at once: what the parent has read, a sender has been told. */
function acknowledge(name: string): void {
  for (;;) {
    try {
      writeSync(1, `${name}\n`);
      return;
    } catch (error) {
      // The pipe is full: the parent is behind with reading.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }
}

function appendOne(): void {
  const name = `event-${next++}`;
  if (flaw === "early") acknowledge(name);
  storage.append(makeRequest(name), (result) => {
    if (result.kind === "failed") {
      console.error(result.error);
      process.exit(1);
    }
    if (flaw !== "early") acknowledge(name);
    appendOne();
  });
}

function makeRequest(name: string): NewRequest {
  return {
    receivedAtMs: systemClock.nowMs(),
    sourceNo: 1,
    method: "POST",
    path: "",
    query: "",
    headers: ["content-type", "application/json"],
    remoteAddress: "127.0.0.1",
    body: Buffer.from(JSON.stringify({ name, filler: "x".repeat(900) })),
    outcome: "accepted",
    verification: { status: "unverified" },
    eventType: "trial",
    idempotencyKey: name,
    dedupeWindowMs: 3_600_000,
    targets: [{ routeNo: 1, destinationNo: 1 }],
    configVersion: 1,
  };
}

for (let i = 0; i < IN_FLIGHT; i++) appendOne();
