/**
 * This side of the writer's thread: gathers the requests of a turn into one batch, sends it as one
 * transferred buffer, and calls everyone back once the writer has answered.
 *
 * Answers come in the order of the messages, one per transaction, so all that is kept is a list of
 * what was sent. After a failed write nothing is believed any more: everything that waits fails, and
 * everything that comes.
 */
import { Worker } from "node:worker_threads";
import { RingdownError } from "../../errors/ringdown-error.ts";
import type { NewRequest } from "../../model/request.ts";
import type { Clock } from "../../support/clock.ts";
import { threadUrl } from "../../support/thread-url.ts";
import { createRequestWriter, type RequestWriter } from "../codec.ts";
import type { AppendResult, StorageHealth, StorageRecovery } from "../storage.ts";
import type { AppendedBatch } from "./append.ts";
import type { ThreadError, WriteMessage, WriterMessage, WriterOptions } from "./protocol.ts";

export type WriterDeps = {
  readonly clock: Clock;
  /** A write failed for good. Called once. */
  readonly onFailed: (error: RingdownError) => void;
};

export type Writer = {
  start(): Promise<StorageRecovery>;
  append(request: NewRequest, done: Done): void;
  /** Resolves when the message's transaction is durable. @throws storage errors */
  call(build: (id: number) => WriteMessage): Promise<void>;
  health(): StorageHealth;
  /** From now on everything is refused; what was handed over still counts. */
  refuse(): void;
  /** Everything handed over is committed before it resolves. */
  stop(): Promise<void>;
};

type Done = (result: AppendResult) => void;
type Batch = { readonly waiting: readonly Done[]; readonly bytes: number };
type Pending = { resolve: () => void; reject: (error: RingdownError) => void };

/** A batch is sent before the end of the turn when it reaches this, and no segment is much larger. */
const BATCH_BYTES = 256 * 1024;

type Core = {
  readonly deps: WriterDeps;
  readonly waitingBytesLimit: number;
  readonly encoder: RequestWriter;
  worker: Worker | undefined;
  refusing: boolean;
  health: StorageHealth["state"];
  lastCommitMs: number;
  waitingCount: number;
  waitingBytes: number;
  /** Callers of the turn's batch, not yet sent. */
  batch: Done[];
  /** Sent and not yet answered, in order. */
  sent: Batch[];
  readonly calls: Map<number, Pending>;
  nextCall: number;
};

export function createWriter(
  deps: WriterDeps,
  options: WriterOptions & { readonly waitingBytesLimit: number },
): Writer {
  const core: Core = {
    deps,
    waitingBytesLimit: options.waitingBytesLimit,
    encoder: createRequestWriter(),
    worker: undefined,
    refusing: false,
    health: "ok",
    lastCommitMs: 0,
    waitingCount: 0,
    waitingBytes: 0,
    batch: [],
    sent: [],
    calls: new Map(),
    nextCall: 1,
  };
  return {
    start: () => start(core, options),
    append: (request, done) => append(core, request, done),
    call: (build) => call(core, build),
    health: () => ({
      state: core.health,
      waitingCount: core.waitingCount,
      waitingBytes: core.waitingBytes,
      lastCommitMs: core.lastCommitMs,
    }),
    refuse() {
      core.refusing = true;
    },
    stop: () => stop(core),
  };
}

async function start(core: Core, workerData: WriterOptions): Promise<StorageRecovery> {
  const worker = new Worker(threadUrl(import.meta.url, "writer"), { workerData });
  core.worker = worker;
  try {
    return await new Promise<StorageRecovery>((resolve, reject) => {
      worker.on("message", (message: WriterMessage) => {
        if (message.type === "ready") resolve(message.recovery);
        else if (message.type === "start-failed") reject(toError(message.error));
        else if (message.type === "committed") onCommitted(core, message);
        else if (message.type === "failed") onFailed(core, message);
      });
      worker.on("error", (cause) => {
        const text = `the store's writer ended: ${cause.message}`;
        const failure = new RingdownError("storage_failed", text, { cause });
        reject(failure);
        fail(core, failure);
      });
    });
  } catch (error) {
    core.worker = undefined;
    await worker.terminate();
    throw error;
  }
}

function append(core: Core, request: NewRequest, done: Done): void {
  const error = refusal(core);
  if (error !== undefined) {
    core.deps.clock.afterTurn(() => done({ kind: "failed", error }));
    return;
  }
  const before = core.encoder.bytes;
  core.encoder.add(request);
  core.waitingBytes += core.encoder.bytes - before;
  core.waitingCount += 1;
  core.batch.push(done);
  if (core.batch.length === 1) core.deps.clock.afterTurn(() => sendBatch(core));
  if (core.encoder.bytes >= BATCH_BYTES) sendBatch(core);
}

function refusal(core: Core): RingdownError | undefined {
  const closed = refusalOfAll(core);
  if (closed !== undefined || core.waitingBytes < core.waitingBytesLimit) return closed;
  return new RingdownError(
    "storage_busy",
    `${core.waitingBytes} bytes wait to be committed; the limit is ${core.waitingBytesLimit}`,
  );
}

function refusalOfAll(core: Core): RingdownError | undefined {
  if (core.health === "failed")
    return new RingdownError("storage_failed", "an earlier write failed");
  if (core.worker !== undefined && !core.refusing) return undefined;
  return new RingdownError("storage_unavailable", "the store is not running");
}

function sendBatch(core: Core): void {
  if (core.batch.length === 0) return;
  const taken = core.encoder.take();
  core.sent.push({ waiting: core.batch, bytes: taken.bytes });
  core.batch = [];
  core.worker?.postMessage({ type: "append", ...taken } satisfies WriteMessage, [taken.buffer]);
}

function call(core: Core, build: (id: number) => WriteMessage): Promise<void> {
  const refused = refusalOfAll(core);
  if (refused !== undefined) return Promise.reject(refused);
  return new Promise((resolve, reject) => {
    const id = core.nextCall++;
    core.calls.set(id, { resolve, reject });
    // Requests handed over before must commit before or with it.
    sendBatch(core);
    core.worker?.postMessage(build(id));
  });
}

function settle(core: Core, batch: Batch, resultOf: (position: number) => AppendResult): void {
  core.waitingCount -= batch.waiting.length;
  core.waitingBytes -= batch.bytes;
  batch.waiting.forEach((done, position) => done(resultOf(position)));
}

function takeCall(core: Core, id: number): Pending | undefined {
  const pending = core.calls.get(id);
  core.calls.delete(id);
  return pending;
}

function onCommitted(core: Core, message: WriterMessage & { type: "committed" }): void {
  if (core.health === "full") core.health = "ok";
  core.lastCommitMs = message.tookMs;
  for (const buffer of message.buffers) core.encoder.giveBack(buffer);
  for (const appended of message.appended) {
    const batch = core.sent.shift();
    if (batch !== undefined) settle(core, batch, resultsOf(appended));
  }
  for (const id of message.done) takeCall(core, id)?.resolve();
}

function onFailed(core: Core, message: WriterMessage & { type: "failed" }): void {
  const error = toError(message.error);
  for (const batch of core.sent.splice(0, message.appendCount)) {
    settle(core, batch, () => ({ kind: "failed", error }));
  }
  for (const id of message.done) takeCall(core, id)?.reject(error);
  if (error.code === "storage_full") core.health = "full";
  if (!error.retryable) fail(core, error);
}

function fail(core: Core, error: RingdownError): void {
  if (core.health === "failed") return;
  core.health = "failed";
  sendBatch(core);
  for (const batch of core.sent.splice(0)) settle(core, batch, () => ({ kind: "failed", error }));
  for (const pending of core.calls.values()) pending.reject(error);
  core.calls.clear();
  core.deps.onFailed(error);
}

async function stop(core: Core): Promise<void> {
  const { worker } = core;
  if (worker === undefined) return;
  sendBatch(core);
  core.worker = undefined;
  if (core.health !== "failed") {
    const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    worker.postMessage({ type: "stop" } satisfies WriteMessage);
    await exited;
  }
  await worker.terminate();
}

function resultsOf(appended: AppendedBatch): (position: number) => AppendResult {
  const notes = new Map(appended.duplicates.map((note) => [note.position, note]));
  return (position) => {
    const sequence = appended.firstSequence + position;
    const note = notes.get(position);
    if (note === undefined) return { kind: "stored", sequence };
    const { original, originalReceivedAtMs, conflict } = note;
    return { kind: "duplicate", sequence, original, originalReceivedAtMs, conflict };
  };
}

function toError({ code, message }: ThreadError): RingdownError {
  return new RingdownError(code, message);
}
