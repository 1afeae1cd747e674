/**
 * The store in memory: the reference that other backends are compared with, the test double of
 * everything above the port, and `--store memory` for trying things out.
 *
 * What is handed over in one turn becomes durable together at the end of the turn, in the order of
 * the calls: one commit is one pass over what waits, during which nothing else can run, so it is
 * atomic without any machinery. A commit either happens whole or fails whole.
 *
 *   new ──start──▶ running ──stop──▶ closed
 *                     └──(the disk crashed)──▶ closed, without calling anybody back
 *
 * Bytes are copied on the way in and on the way out, as they are by a store behind a thread or a
 * socket: who writes into a buffer afterwards changes nothing that is stored.
 *
 * Limits (I10): `waitingBytesLimit` bounds what is handed over and not yet durable (storage_busy),
 * the disk's capacity what is kept (storage_full).
 */
import { RingdownError } from "../../errors/ringdown-error.ts";
import type { AttemptRecord } from "../../model/delivery.ts";
import type { NewRequest } from "../../model/request.ts";
import type { Clock } from "../../support/clock.ts";
import type { AppendResult, DeliveryChanges, Storage, StorageHealth } from "../storage.ts";
import { appendRequest, sizeOf } from "./append.ts";
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
import { recordChanges } from "./record.ts";
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

/** Something handed over: `apply` makes it part of the contents and says whom to tell afterwards. */
type Work = {
  /** Counted as waiting; 0 for what is not a request. */
  readonly requestBytes: number;
  apply(contents: DiskContents): () => void;
  fail(error: RingdownError): void;
};

export function createMemoryStorage(
  deps: MemoryStorageDeps,
  options: MemoryStorageOptions = {},
): Storage {
  const disk = options.disk ?? createMemoryDisk();
  const waitingBytesLimit = options.waitingBytesLimit ?? DEFAULT_WAITING_BYTES;
  /** Holds the disk while this store runs. */
  const owner = {};
  const state = {
    health: "ok" as StorageHealth["state"],
    lastCommitMs: 0,
    waiting: [] as Work[],
    waitingCount: 0,
    waitingBytes: 0,
    started: undefined as ReturnType<Storage["start"]> | undefined,
    /** From the call of `stop` on nothing more is taken. */
    stopping: false,
  };

  const isRunning = (): boolean => disk.owner === owner;

  /** Why nothing can be written at all. */
  function refusal(): RingdownError | undefined {
    if (!isRunning() || state.stopping) {
      return new RingdownError("storage_unavailable", "the store is not running");
    }
    if (state.health !== "failed") return undefined;
    return new RingdownError("storage_failed", "an earlier write failed");
  }

  /** Why a request is not even taken. */
  function appendRefusal(): RingdownError | undefined {
    const { waitingBytes } = state;
    const refused = refusal();
    if (refused !== undefined) return refused;
    if (isAtCapacity()) {
      const message = `the memory store holds at most ${disk.capacityBytes} bytes`;
      return new RingdownError("storage_full", message);
    }
    if (waitingBytes < waitingBytesLimit) return undefined;
    const message = `${waitingBytes} bytes wait to be committed; the limit is ${waitingBytesLimit}`;
    return new RingdownError("storage_busy", message);
  }

  function isAtCapacity(): boolean {
    return disk.contents.requestBytes + state.waitingBytes >= disk.capacityBytes;
  }

  function handOver(work: Work): void {
    state.waiting.push(work);
    state.waitingCount += work.requestBytes > 0 ? 1 : 0;
    state.waitingBytes += work.requestBytes;
    if (state.waiting.length === 1) deps.clock.afterTurn(commit);
  }

  function commit(): void {
    if (!isRunning() || state.waiting.length === 0) return;
    const startedAtMs = deps.clock.monotonicMs();
    const works = state.waiting;
    state.waiting = [];
    state.waitingCount = 0;
    state.waitingBytes = 0;

    const fault = faultOf(disk);
    if (fault !== undefined) {
      state.health = fault.code === "storage_full" ? "full" : "failed";
      for (const work of works) work.fail(fault);
      if (state.health === "failed") deps.onFailed?.(fault);
      return;
    }
    const tells = works.map((work) => work.apply(disk.contents));
    state.health = "ok";
    state.lastCommitMs = deps.clock.monotonicMs() - startedAtMs;
    for (const tell of tells) tell();
  }

  function write(apply: (contents: DiskContents) => void): Promise<void> {
    const refused = refusal();
    if (refused !== undefined) return Promise.reject(refused);
    return new Promise((resolve, reject) => {
      handOver({
        requestBytes: 0,
        apply(contents) {
          apply(contents);
          return resolve;
        },
        fail: reject,
      });
    });
  }

  /** What is durable, and never a part of it. */
  async function read<Result>(from: (contents: DiskContents) => Result): Promise<Result> {
    if (!isRunning()) throw new RingdownError("storage_unavailable", "the store is not running");
    return structuredClone(from(disk.contents));
  }

  async function start(): ReturnType<Storage["start"]> {
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
      if (!isRunning()) return;
      state.stopping = true;
      commit();
      disk.owner = undefined;
    },
    health: () => ({
      state: state.health === "ok" && isAtCapacity() ? "full" : state.health,
      waitingCount: state.waitingCount,
      waitingBytes: state.waitingBytes,
      lastCommitMs: state.lastCommitMs,
    }),
    append(request, done) {
      const refused = appendRefusal();
      if (refused === undefined) handOver(appendWork(request, done));
      else deps.clock.afterTurn(() => done({ kind: "failed", error: refused }));
    },
    record(changes) {
      const kept = keptChanges(changes);
      return write((contents) => recordChanges(contents, kept));
    },
    putDocuments(changes) {
      const encoded = encodeDocuments(changes);
      return write((contents) => putDocuments(contents, encoded));
    },
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

function faultOf(disk: MemoryDisk): RingdownError | undefined {
  if (disk.failed) return new RingdownError("storage_failed", "the memory disk failed");
  if (disk.full) return new RingdownError("storage_full", "the memory disk is full");
  return undefined;
}

function appendWork(request: NewRequest, done: (result: AppendResult) => void): Work {
  const kept: NewRequest = { ...request, body: new Uint8Array(request.body) };
  return {
    requestBytes: sizeOf(kept),
    apply(contents) {
      const result = appendRequest(contents, kept);
      return () => done(result);
    },
    fail: (error) => done({ kind: "failed", error }),
  };
}

function keptChanges(changes: DeliveryChanges): DeliveryChanges {
  return {
    attempts: changes.attempts.map(keptAttempt),
    deliveries: changes.deliveries.map((row) => ({ ...row })),
    lanes: (changes.lanes ?? []).map((lane) => ({ ...lane, settled: [...lane.settled] })),
  };
}

function keptAttempt(attempt: AttemptRecord): AttemptRecord {
  if (attempt.responseBody === undefined) return { ...attempt };
  return { ...attempt, responseBody: new Uint8Array(attempt.responseBody) };
}
