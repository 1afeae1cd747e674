/**
 * What was handed over and is not yet in a transaction, in its order: requests, already encoded, and
 * what delivery and the control plane write.
 *
 * Requests gather in the open batch until a transaction takes it or it is large enough; so batches
 * make themselves while a commit runs.
 *
 * Limits (I10): a batch is closed at `BATCH_BYTES`, a transaction takes no more than
 * `TRANSACTION_REQUESTS` and `TRANSACTION_BYTES` (and at least one batch); how much may wait is the
 * writer's concern.
 */
import type { RingdownError } from "../../errors/ringdown-error.ts";
import type { NewRequest } from "../../model/request.ts";
import { createRequestWriter } from "../codec.ts";
import type { AppendResult } from "../storage.ts";
import type { EncodedDocument } from "./documents.ts";
import type { EncodedChanges } from "../delivery-codec.ts";

const BATCH_BYTES = 256 * 1024;
const TRANSACTION_REQUESTS = 2048;
const TRANSACTION_BYTES = 8 * 1024 * 1024;
/** Records and documents in one transaction. */
const TRANSACTION_CALLS = 1024;

export type Done = (result: AppendResult) => void;

export type WaitingBatch = {
  readonly bytes: Buffer;
  readonly count: number;
  readonly done: readonly Done[];
};

export type WaitingCall = {
  readonly record?: EncodedChanges;
  readonly documents?: readonly EncodedDocument[];
  readonly resolve: () => void;
  readonly reject: (error: RingdownError) => void;
};

export type Load = {
  readonly batches: readonly WaitingBatch[];
  readonly calls: readonly WaitingCall[];
};

export type Waiting = {
  isEmpty(): boolean;
  /** Returns the bytes it takes. */
  addRequest(request: NewRequest, done: Done): number;
  addCall(call: WaitingCall): void;
  /** What the next transaction holds. */
  take(): Load;
  takeAll(): Load;
  /** Of a committed load: its buffers are written anew. */
  giveBack(load: Load): void;
};

export function createWaiting(): Waiting {
  const encoder = createRequestWriter();
  let open: Done[] = [];
  let batches: WaitingBatch[] = [];
  let calls: WaitingCall[] = [];

  function closeBatch(): void {
    if (open.length === 0) return;
    const { buffer, bytes, count } = encoder.take();
    batches.push({ bytes: Buffer.from(buffer, 0, bytes), count, done: open });
    open = [];
  }

  return {
    isEmpty: () => open.length === 0 && batches.length === 0 && calls.length === 0,
    addRequest(request, done) {
      const before = encoder.bytes;
      encoder.add(request);
      const added = encoder.bytes - before;
      open.push(done);
      if (encoder.bytes >= BATCH_BYTES) closeBatch();
      return added;
    },
    addCall: (call) => void calls.push(call),
    take() {
      closeBatch();
      const taken = batches.splice(0, countThatFits(batches));
      // What follows from requests is not committed before them.
      const takenCalls = batches.length > 0 ? [] : calls.splice(0, TRANSACTION_CALLS);
      return { batches: taken, calls: takenCalls };
    },
    takeAll() {
      closeBatch();
      const all = { batches, calls };
      batches = [];
      calls = [];
      return all;
    },
    giveBack(load) {
      for (const { bytes } of load.batches) encoder.giveBack(bytes.buffer as ArrayBuffer);
    },
  };
}

function countThatFits(batches: readonly WaitingBatch[]): number {
  let requests = 0;
  let bytes = 0;
  for (const [index, batch] of batches.entries()) {
    requests += batch.count;
    bytes += batch.bytes.length;
    if (index > 0 && (requests > TRANSACTION_REQUESTS || bytes > TRANSACTION_BYTES)) return index;
  }
  return batches.length;
}
