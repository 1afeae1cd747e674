/**
 * The store for `--store postgres://…`: one schema of a PostgreSQL database, written by one gateway.
 *
 * Everything runs on the gateway's thread, because all that is done here is encoding and waiting: one
 * session writes, one reads, and counting everything opens its own.
 *
 * Limits (I10): `waitingBytesLimit` bounds what is handed over and not yet durable; beyond it an
 * append fails at once with storage_busy. Times are bounded in session.ts, transactions in waiting.ts.
 */
import { randomBytes, randomInt } from "node:crypto";
import assert from "node:assert/strict";
import { RingdownError } from "../../errors/ringdown-error.ts";
import { LIMITS } from "../../model/ids.ts";
import type { Clock } from "../../support/clock.ts";
import { createCrashPoint } from "../../support/crash-point.ts";
import type { Ledger, Storage, StorageRecovery } from "../storage.ts";
import { encodeDocuments, listDocuments } from "./documents.ts";
import { countLedger } from "./ledger.ts";
import { listRequests } from "./list-requests.ts";
import { listAttempts, readAttempts } from "./read-attempts.ts";
import {
  listDeliveryRows,
  readDeliveriesOf,
  readDelivery,
  readDue,
  readOrderKey,
} from "./read-deliveries.ts";
import { readLane } from "./read-lane.ts";
import { createSegmentReader, type SegmentReader } from "./read-requests.ts";
import { createReader, type Query } from "./reader.ts";
import { copyChanges } from "./record.ts";
import { recoverLanes } from "./recover.ts";
import { SCHEMA_NAME } from "./schema.ts";
import type { Session, SessionOptions } from "./session.ts";
import { toStorageError } from "./sql-error.ts";
import type { Secret } from "./target.ts";
import { createWriter, type Writer } from "./writer.ts";

export type PostgresStorageOptions = {
  /** `postgres://account:password@host:port/database`. */
  readonly url: Secret;
  /** Where the tables lie; default "ringdown". Small letters, digits and underscores. */
  readonly schema?: string;
  /** Default 64 MiB. */
  readonly waitingBytesLimit?: number;
  /** Name of a crash point to arm. */
  readonly crashPoint?: string;
};

export type PostgresStorageDeps = {
  readonly clock: Clock;
  /** A write failed for good: the process must end, and must not acknowledge anything more. */
  readonly onFailed?: (error: RingdownError) => void;
};

const DEFAULT_SCHEMA = "ringdown";
const DEFAULT_WAITING_BYTES = 64 * 1024 * 1024;
/** Counting everything takes its time. */
const LEDGER_LIMIT_MS = 600_000;

export function createPostgresStorage(
  deps: PostgresStorageDeps,
  options: PostgresStorageOptions,
): Storage {
  const { url, schema = DEFAULT_SCHEMA } = options;
  assert(SCHEMA_NAME.test(schema));
  // Tells this store's own sessions from those of others.
  const applicationName = `ringdown ${randomBytes(8).toString("hex")}`;
  const session: SessionOptions = { url, schema, applicationName, access: "write" };
  const writer = createWriter(
    {
      clock: deps.clock,
      crashPoint: createCrashPoint(options.crashPoint ?? ""),
      onFailed: (error) => deps.onFailed?.(error),
    },
    { session, waitingBytesLimit: options.waitingBytesLimit ?? DEFAULT_WAITING_BYTES },
  );
  const reads = createReads(session);
  let started: Promise<StorageRecovery> | undefined;
  let stopped: Promise<void> | undefined;

  async function start(): Promise<StorageRecovery> {
    try {
      const opened = await writer.start();
      const recovery = await recover(opened.session, opened.state.nextSequence - 1);
      reads.open();
      return recovery;
    } catch (error) {
      throw toStorageError(error);
    }
  }

  async function stop(): Promise<void> {
    writer.refuse();
    reads.refuse();
    await started?.catch(() => undefined);
    writer.refuse();
    await writer.stop();
    await reads.close();
  }

  return {
    kind: "postgres",
    start: () => (started ??= start()),
    stop: () => (stopped ??= stop()),
    ...writes(writer),
    ...reads.operations,
  };
}

const MAKE_TAG = {
  name: "make-tag",
  text: "INSERT INTO meta (key, value) VALUES ('tag', $1) ON CONFLICT (key) DO NOTHING",
};
const READ_TAG = { name: "read-tag", text: "SELECT value FROM meta WHERE key = 'tag'" };

async function recover(session: Session, lastSequence: number): Promise<StorageRecovery> {
  await session.run(MAKE_TAG, [randomInt(LIMITS.tag)]);
  const { rows } = await session.run<{ value: number }>(READ_TAG);
  const lanes = await recoverLanes(
    async <Row extends object>(statement: Parameters<Query>[0], values?: readonly unknown[]) =>
      (await session.run<Row>(statement, values)).rows,
  );
  return { tag: rows[0]?.value ?? 0, lastSequence, lanes };
}

function writes(writer: Writer): Pick<Storage, "health" | "append" | "record" | "putDocuments"> {
  return {
    health: writer.health,
    append: writer.append,
    record: (changes) => writer.call({ record: copyChanges(changes) }),
    putDocuments: (changes) => writer.call({ documents: encodeDocuments(changes) }),
  };
}

type ReadOperations = Omit<
  Storage,
  "kind" | "start" | "stop" | "health" | "append" | "record" | "putDocuments"
>;

type Reads = {
  readonly operations: ReadOperations;
  open(): void;
  refuse(): void;
  close(): Promise<void>;
};

function createReads(session: SessionOptions): Reads {
  const reader = createReader(session);
  const segments = createSegmentReader();
  let isOpen = false;

  function assertOpen(): void {
    if (!isOpen) throw new RingdownError("storage_unavailable", "the store is not running");
  }

  async function read<Result>(operation: (query: Query) => Promise<Result>): Promise<Result> {
    assertOpen();
    return reader.read(operation);
  }

  /** A session of its own: counting takes seconds, and backlogs are read by the other. */
  async function ledger(): Promise<Ledger> {
    assertOpen();
    const counting = createReader({ ...session, statementLimitMs: LEDGER_LIMIT_MS });
    try {
      return await counting.read(inSnapshot(countLedger));
    } finally {
      await counting.close();
    }
  }

  return {
    open() {
      isOpen = true;
    },
    refuse() {
      isOpen = false;
    },
    close: () => reader.close(),
    operations: { ...operationsOf(read, segments), ledger },
  };
}

const BEGIN_SNAPSHOT = {
  name: "begin-snapshot",
  text: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
};

/** The session is closed afterwards, which ends the transaction. */
function inSnapshot<Result>(
  operation: (query: Query) => Promise<Result>,
): (query: Query) => Promise<Result> {
  return async (query) => {
    await query(BEGIN_SNAPSHOT);
    return operation(query);
  };
}

type Read = <Result>(operation: (query: Query) => Promise<Result>) => Promise<Result>;

function operationsOf(read: Read, segments: SegmentReader): Omit<ReadOperations, "ledger"> {
  return {
    readRequest: (sequence) => read((query) => segments.read(query, sequence)),
    readRequests: (sequences) =>
      read(async (query) => {
        const found = [];
        for (const sequence of sequences) found.push(await segments.read(query, sequence));
        return found.filter((request) => request !== undefined);
      }),
    readLane: (lane) => read((query) => readLane(query, segments, lane)),
    listRequests: (list) => read((query) => listRequests(query, segments, list)),
    readDelivery: (key) => read((query) => readDelivery(query, key)),
    readDeliveriesOf: (sequence) => read((query) => readDeliveriesOf(query, sequence)),
    readDue: (due) => read((query) => readDue(query, due)),
    readOrderKey: (destinationNo, orderKey, limit) =>
      read((query) => readOrderKey(query, { destinationNo, orderKey, limit })),
    listDeliveryRows: (list) => read((query) => listDeliveryRows(query, list)),
    readAttempts: (sequence) => read((query) => readAttempts(query, sequence)),
    listAttempts: (list) => read((query) => listAttempts(query, list)),
    listDocuments: (kind) => read((query) => listDocuments(query, kind)),
  };
}
