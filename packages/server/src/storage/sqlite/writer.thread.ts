/**
 * The writer's thread: the only connection that writes.
 *
 * It takes every message that is waiting, up to a bound, runs them as one transaction and answers
 * with one message after the fsync (group commit, I1). Batches make themselves: while one commit
 * runs, the next gathers.
 *
 * A full disk rolls the transaction back and says so; the next transaction tries again. Any other
 * failed write is final: a failed fsync may have lost what the kernel reported written before, so
 * nothing after it can be trusted (it is reported as `storage_failed` and the process ends).
 */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { randomInt } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { isRingdownError, RingdownError } from "../../errors/ringdown-error.ts";
import { createCrashPoint } from "../../support/crash-point.ts";
import { systemClock } from "../../support/clock.ts";
import { LIMITS } from "../../model/ids.ts";
import type { DocumentChange } from "../storage.ts";
import { type AppendedBatch, type Appender, createAppender } from "./append.ts";
import { type Checkpoints, createCheckpoints } from "./checkpoints.ts";
import { createDocumentWriter } from "./documents.ts";
import { openWriter, sqliteCode } from "./open.ts";
import {
  toThreadError,
  type WriteMessage,
  type WriterMessage,
  type WriterOptions,
} from "./protocol.ts";
import type { EncodedChanges } from "../delivery-codec.ts";
import { createRecorder } from "./record.ts";
import { recoverLanes } from "./recover.ts";

/** Bounds of one transaction; what is waiting beyond them goes into the next. */
const TRANSACTION_REQUESTS = 2048;
const TRANSACTION_BYTES = 8 * 1024 * 1024;
/** What a message costs the WAL besides its requests: a page or two. */
const SMALL_MESSAGE_BYTES = 16 * 1024;

const port = parentPort;
if (port === null) throw new Error("writer.thread.ts runs as a worker thread");
const options = workerData as WriterOptions;
const crashPoint = createCrashPoint(options.crashPoint);

function send(message: WriterMessage, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

function openStore(): ReturnType<typeof openWriter> | undefined {
  try {
    return openWriter(options);
  } catch (error) {
    const known = isRingdownError(error)
      ? error
      : new RingdownError(
          "storage_unavailable",
          error instanceof Error ? error.message : String(error),
        );
    send({ type: "start-failed", error: toThreadError(known) });
    return undefined;
  }
}

type Core = {
  readonly db: DatabaseSync;
  readonly lock: DatabaseSync;
  readonly appender: Appender;
  readonly record: (changes: EncodedChanges) => void;
  readonly putDocuments: (changes: readonly DocumentChange[]) => void;
  readonly checkpoints: Checkpoints;
};

/** What goes into one transaction. */
type Transaction = { messages: WriteMessage[]; requests: number; bytes: number };

function run({ db, lock }: { db: DatabaseSync; lock: DatabaseSync }): void {
  const core: Core = {
    db,
    lock,
    appender: createAppender(db),
    record: createRecorder(db),
    putDocuments: createDocumentWriter(db),
    checkpoints: createCheckpoints(db, options.dataDir),
  };
  send({
    type: "ready",
    recovery: { tag: readTag(db), lastSequence: lastSequence(db), lanes: recoverLanes(db) },
  });
  port?.on("message", (message: WriteMessage) => onMessages(core, message));
}

/** Takes what waits, in transactions of bounded size. */
function onMessages(core: Core, first: WriteMessage): void {
  let transaction: Transaction = { messages: [], requests: 0, bytes: 0 };
  for (
    let message: WriteMessage | undefined = first;
    message !== undefined;
    message = nextMessage()
  ) {
    if (message.type === "stop") {
      commit(core, transaction);
      void stop(core);
      return;
    }
    addTo(transaction, message);
    if (transaction.requests < TRANSACTION_REQUESTS && transaction.bytes < TRANSACTION_BYTES)
      continue;
    commit(core, transaction);
    transaction = { messages: [], requests: 0, bytes: 0 };
  }
  commit(core, transaction);
}

function addTo(transaction: Transaction, message: WriteMessage): void {
  transaction.messages.push(message);
  transaction.bytes += SMALL_MESSAGE_BYTES;
  if (message.type !== "append") return;
  transaction.requests += message.count;
  transaction.bytes += message.bytes;
}

function commit(core: Core, { messages, bytes }: Transaction): void {
  if (messages.length === 0) return;
  const startedAt = systemClock.monotonicMs();
  const done = messages.flatMap((message) => ("id" in message ? [message.id] : []));
  const appended: AppendedBatch[] = [];
  try {
    core.db.exec("BEGIN IMMEDIATE");
    for (const message of messages) apply(core, message, appended);
    core.appender.finish();
    crashPoint("storage.before-commit");
    core.db.exec("COMMIT");
  } catch (error) {
    if (core.db.isTransaction) core.db.exec("ROLLBACK");
    core.appender.rolledBack();
    const appendCount = messages.filter((message) => message.type === "append").length;
    send({ type: "failed", appendCount, done, error: toThreadError(toStorageError(error)) });
    return;
  }
  core.appender.committed();
  crashPoint("storage.after-commit");
  const tookMs = systemClock.monotonicMs() - startedAt;
  const buffers = messages.flatMap((message) =>
    message.type === "append" ? [message.buffer] : [],
  );
  send({ type: "committed", appended, done, tookMs, buffers }, buffers);
  maintain(core, bytes);
}

function apply(core: Core, message: WriteMessage, appended: AppendedBatch[]): void {
  switch (message.type) {
    case "append":
      appended.push(
        core.appender.appendBatch(new Uint8Array(message.buffer, 0, message.bytes), message.count),
      );
      break;
    case "record":
      core.record(message.changes);
      break;
    case "documents":
      core.putDocuments(message.changes);
      break;
    case "stop":
      break;
  }
}

/** After the answer, so that nobody waits for it but the next transaction. */
function maintain(core: Core, bytes: number): void {
  try {
    core.appender.maintain(systemClock.nowMs());
    core.checkpoints.wrote(bytes);
  } catch (error) {
    const failure = toStorageError(error);
    if (failure.code === "storage_full") return;
    send({ type: "failed", appendCount: 0, done: [], error: toThreadError(failure) });
  }
}

async function stop({ db, lock, checkpoints }: Core): Promise<void> {
  await checkpoints.finish();
  db.close();
  lock.close();
  port?.close();
}

function nextMessage(): WriteMessage | undefined {
  return port === null
    ? undefined
    : (receiveMessageOnPort(port)?.message as WriteMessage | undefined);
}

function lastSequence(db: DatabaseSync): number {
  const row = db.prepare(
    "SELECT first_sequence + count - 1 AS last FROM segment_index ORDER BY first_sequence DESC LIMIT 1",
  );
  return ((row.get() ?? { last: 0 }) as { last: number }).last;
}

/** The store's own random number, made once. */
function readTag(db: DatabaseSync): number {
  db.prepare("INSERT INTO meta (key, value) VALUES ('tag', ?) ON CONFLICT DO NOTHING").run(
    randomInt(LIMITS.tag),
  );
  const { value } = db.prepare("SELECT value FROM meta WHERE key = 'tag'").get() as {
    value: number;
  };
  return value;
}

function toStorageError(error: unknown): RingdownError {
  if (isRingdownError(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  switch (sqliteCode(error)) {
    case "full":
      return new RingdownError("storage_full", `the disk of the data folder is full (${message})`);
    case "busy":
      return new RingdownError("storage_busy", `the database is held by someone else (${message})`);
    case "corrupt":
      return new RingdownError("storage_corrupt", `the database is damaged (${message})`);
    case "readonly":
    case "io":
    case "other":
      return new RingdownError("storage_failed", `a write failed (${message})`);
  }
}

const store = openStore();
if (store !== undefined) run(store);
