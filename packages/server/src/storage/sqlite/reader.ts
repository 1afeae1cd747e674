/** This side of the reader's thread: numbered questions, answers matched by number. */
import { Worker } from "node:worker_threads";
import { RingdownError } from "../../errors/ringdown-error.ts";
import { threadUrl } from "../../support/thread-url.ts";
import type { ReadAnswer, ReadMessage } from "./protocol.ts";

export type Reader = {
  /** @throws storage_unavailable */
  read(operation: string, argument: unknown): Promise<unknown>;
  close(): Promise<void>;
};

type Pending = { resolve: (result: unknown) => void; reject: (error: RingdownError) => void };

export function createReader(dataDir: string): Reader {
  const worker = new Worker(threadUrl(import.meta.url, "reader"), { workerData: { dataDir } });
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let ended: RingdownError | undefined;

  function end(error: RingdownError): void {
    ended ??= error;
    for (const each of pending.values()) each.reject(ended);
    pending.clear();
  }

  worker.on("message", (answer: ReadAnswer) => {
    const each = pending.get(answer.id);
    pending.delete(answer.id);
    if ("error" in answer) each?.reject(new RingdownError(answer.error.code, answer.error.message));
    else each?.resolve(answer.result);
  });
  worker.on("error", (error) => {
    end(
      new RingdownError("storage_unavailable", `the store's reader ended: ${error.message}`, {
        cause: error,
      }),
    );
  });

  return {
    read(operation, argument) {
      if (ended !== undefined) return Promise.reject(ended);
      return new Promise((resolve, reject) => {
        const id = nextId++;
        pending.set(id, { resolve, reject });
        worker.postMessage({ id, operation, argument } satisfies ReadMessage);
      });
    },
    async close() {
      end(new RingdownError("storage_unavailable", "the store is closed"));
      await worker.terminate();
    },
  };
}
