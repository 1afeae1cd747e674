/**
 * What crosses between the gateway's thread and the store's two threads.
 *
 * Writes go to the writer as messages that it merges: everything that arrived while it was busy
 * becomes one transaction and one fsync, answered by one message. Reads go to the reader, one answer
 * each, so that a slow list never delays a commit.
 */
import type { RingdownError } from "../../errors/ringdown-error.ts";
import type { ErrorCode } from "../../errors/table.ts";
import type { DocumentChange, StorageRecovery } from "../storage.ts";
import type { AppendedBatch } from "./append.ts";
import type { EncodedChanges } from "../delivery-codec.ts";

export type WriterOptions = {
  readonly dataDir: string;
  readonly synchronous: "FULL" | "NORMAL";
  /** Name of an armed crash point, or "". */
  readonly crashPoint: string;
};

export type WriteMessage =
  | {
      readonly type: "append";
      readonly buffer: ArrayBuffer;
      readonly bytes: number;
      readonly count: number;
    }
  | { readonly type: "record"; readonly id: number; readonly changes: EncodedChanges }
  | { readonly type: "documents"; readonly id: number; readonly changes: readonly DocumentChange[] }
  | { readonly type: "stop" };

/** Errors as data: class instances do not survive the way between threads. */
export type ThreadError = { readonly code: ErrorCode; readonly message: string };

export type WriterMessage =
  | { readonly type: "ready"; readonly recovery: StorageRecovery }
  | { readonly type: "start-failed"; readonly error: ThreadError }
  /** One per transaction, in order; `appended` answers the merged append messages one to one. */
  | {
      readonly type: "committed";
      readonly appended: readonly AppendedBatch[];
      readonly done: readonly number[];
      readonly tookMs: number;
      /** Of the append messages, transferred back for reuse. */
      readonly buffers: readonly ArrayBuffer[];
    }
  /** The transaction was rolled back: nothing of it happened. */
  | {
      readonly type: "failed";
      readonly appendCount: number;
      readonly done: readonly number[];
      readonly error: ThreadError;
    };

export type ReadMessage = {
  readonly id: number;
  readonly operation: string;
  readonly argument: unknown;
};

export type ReadAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: ThreadError };

export function toThreadError(error: RingdownError): ThreadError {
  return { code: error.code, message: error.message };
}
