/**
 * The store in memory: the reference that other backends are compared with, the test double of
 * everything above the port, and `--store memory` for trying things out.
 *
 *   new ──start──▶ running ──stop──▶ closed
 *                     └──(the disk crashed)──▶ closed, without calling anybody back
 *
 * Bytes are copied on the way in and on the way out, as they are by a store behind a thread or a
 * socket: who writes into a buffer afterwards changes nothing that is stored.
 */
import { RingdownError } from "../../errors/ringdown-error.ts";
import type { Clock } from "../../support/clock.ts";
import type { Storage, StorageRecovery } from "../storage.ts";
import { createCommits } from "./commit.ts";
import { createMemoryDisk, type DiskContents, type MemoryDisk } from "./disk.ts";
import { encodeDocuments, listDocuments, putDocuments } from "./documents.ts";
import { countLedger } from "./ledger.ts";
import { listAttempts, readAttempts } from "./read-attempts.ts";
import {
  listDeliveryRows,
  readDelivery,
  readDeliveriesOf,
  readDue,
  readOrderKey,
} from "./read-deliveries.ts";
import { readLane } from "./read-lane.ts";
import { listRequests, readRequest, readRequests } from "./read-requests.ts";
import { copyChanges, recordChanges } from "./record.ts";
import { recover } from "./recover.ts";

export type MemoryStorageOptions = {
  /** Where committed things lie; pass one to open it again later. Default: a new one. */
  readonly disk?: MemoryDisk;
  /** Default 64 MiB. */
  readonly waitingBytesLimit?: number;
};

export type MemoryStorageDeps = {
  readonly clock: Clock;
  /** A write failed for good: the process must end, and must not acknowledge anything more. */
  readonly onFailed?: (error: RingdownError) => void;
};

const DEFAULT_WAITING_BYTES = 64 * 1024 * 1024;

export function createMemoryStorage(
  deps: MemoryStorageDeps,
  options: MemoryStorageOptions = {},
): Storage {
  const disk = options.disk ?? createMemoryDisk();
  /** Holds the disk while this store runs. */
  const owner = {};
  const state = {
    started: undefined as Promise<StorageRecovery> | undefined,
    /** From the call of `stop` on nothing more is taken. */
    stopping: false,
  };
  const commits = createCommits({
    clock: deps.clock,
    disk,
    waitingBytesLimit: options.waitingBytesLimit ?? DEFAULT_WAITING_BYTES,
    ownsDisk: () => disk.owner === owner,
    onFailed: (error) => deps.onFailed?.(error),
  });

  const isOpen = (): boolean => disk.owner === owner && !state.stopping;

  async function write(apply: (contents: DiskContents) => void): Promise<void> {
    if (!isOpen()) throw notRunning();
    await commits.write(apply);
  }

  /** What is durable, and never a part of it. */
  async function read<Result>(from: (contents: DiskContents) => Result): Promise<Result> {
    if (!isOpen()) throw notRunning();
    return structuredClone(from(disk.contents));
  }

  async function start(): Promise<StorageRecovery> {
    if (disk.owner !== undefined) {
      throw new RingdownError("storage_locked", "another store uses this memory disk");
    }
    disk.owner = owner;
    return recover(disk.contents);
  }

  return {
    kind: "memory",
    start: () => (state.started ??= start()),
    async stop() {
      if (!isOpen()) return;
      state.stopping = true;
      commits.flush();
      disk.owner = undefined;
    },
    health: () => commits.health(),
    append(request, done) {
      if (isOpen()) commits.append(request, done);
      else deps.clock.afterTurn(() => done({ kind: "failed", error: notRunning() }));
    },
    record(changes) {
      const kept = copyChanges(changes);
      return write((contents) => recordChanges(contents, kept));
    },
    putDocuments(changes) {
      const encoded = encodeDocuments(changes);
      return write((contents) => putDocuments(contents, encoded));
    },
    ...createReads(read),
  };
}

function notRunning(): RingdownError {
  return new RingdownError("storage_unavailable", "the store is not running");
}

type Read = <Result>(from: (contents: DiskContents) => Result) => Promise<Result>;
type Reads = Omit<
  Storage,
  "kind" | "start" | "stop" | "health" | "append" | "record" | "putDocuments"
>;

function createReads(read: Read): Reads {
  return {
    readRequest: (sequence) => read((contents) => readRequest(contents, sequence)),
    readRequests: (sequences) => read((contents) => readRequests(contents, sequences)),
    readLane: (query) => read((contents) => readLane(contents, query)),
    listRequests: (query) => read((contents) => listRequests(contents, query)),
    readDelivery: (key) => read((contents) => readDelivery(contents, key)),
    readDeliveriesOf: (sequence) => read((contents) => readDeliveriesOf(contents, sequence)),
    readDue: (query) => read((contents) => readDue(contents, query)),
    readOrderKey: (destinationNo, orderKey, limit) =>
      read((contents) => readOrderKey(contents, { destinationNo, orderKey, limit })),
    listDeliveryRows: (query) => read((contents) => listDeliveryRows(contents, query)),
    readAttempts: (sequence) => read((contents) => readAttempts(contents, sequence)),
    listAttempts: (query) => read((contents) => listAttempts(contents, query)),
    ledger: () => read(countLedger),
    listDocuments: (kind) => read((contents) => listDocuments(contents, kind)),
  };
}
