/**
 * Group commit without a disk's latency: what is handed over in one turn becomes durable together at
 * the end of the turn, in the order of the calls. A commit is one pass over what waits, during which
 * nothing else can run, so it happens whole or fails whole without any machinery.
 *
 * Limits (I10): what waits is bounded by `waitingBytesLimit` (storage_busy), what is kept by the
 * disk's capacity (storage_full). Both refuse a request before it is taken; what is about deliveries
 * is always taken, so that a store at its limit can still settle what it holds.
 */
import { RingdownError } from "../../errors/ringdown-error.ts";
import type { NewRequest } from "../../model/request.ts";
import type { Clock } from "../../support/clock.ts";
import type { AppendResult, StorageHealth } from "../storage.ts";
import { appendRequest, sizeOf } from "./append.ts";
import type { DiskContents, MemoryDisk } from "./disk.ts";

export type Commits = {
  append(request: NewRequest, done: (result: AppendResult) => void): void;
  /** Runs `apply` as part of the next commit. @throws storage_full, storage_failed */
  write(apply: (contents: DiskContents) => void): Promise<void>;
  /** Commits what waits, now. */
  flush(): void;
  health(): StorageHealth;
};

export type CommitDeps = {
  readonly clock: Clock;
  readonly disk: MemoryDisk;
  readonly waitingBytesLimit: number;
  /** Once false, what waits is dropped without a word: its process has died. */
  ownsDisk(): boolean;
  onFailed(error: RingdownError): void;
};

/** Something handed over: `apply` makes it part of the contents and says whom to tell afterwards. */
type Work = {
  /** Counted as waiting; 0 for what is not a request. */
  readonly requestBytes: number;
  apply(contents: DiskContents): () => void;
  fail(error: RingdownError): void;
};

export function createCommits(deps: CommitDeps): Commits {
  const { clock, disk } = deps;
  const state = {
    health: "ok" as StorageHealth["state"],
    lastCommitMs: 0,
    waiting: [] as Work[],
    waitingCount: 0,
    waitingBytes: 0,
  };

  function handOver(work: Work): void {
    state.waiting.push(work);
    state.waitingCount += work.requestBytes > 0 ? 1 : 0;
    state.waitingBytes += work.requestBytes;
    if (state.waiting.length === 1) clock.afterTurn(flush);
  }

  function flush(): void {
    if (!deps.ownsDisk() || state.waiting.length === 0) return;
    const startedAtMs = clock.monotonicMs();
    const works = state.waiting;
    state.waiting = [];
    state.waitingCount = 0;
    state.waitingBytes = 0;

    const fault = faultOf(disk);
    if (fault !== undefined) {
      state.health = fault.code === "storage_full" ? "full" : "failed";
      for (const work of works) work.fail(fault);
      if (state.health === "failed") deps.onFailed(fault);
      return;
    }
    const tells = works.map((work) => work.apply(disk.contents));
    state.health = "ok";
    state.lastCommitMs = clock.monotonicMs() - startedAtMs;
    for (const tell of tells) tell();
  }

  function isAtCapacity(): boolean {
    return disk.contents.requestBytes + state.waitingBytes >= disk.capacityBytes;
  }

  function refusal(): RingdownError | undefined {
    if (state.health === "failed") return earlierFailure();
    if (isAtCapacity()) {
      const message = `the memory store holds at most ${disk.capacityBytes} bytes`;
      return new RingdownError("storage_full", message);
    }
    if (state.waitingBytes < deps.waitingBytesLimit) return undefined;
    const message = `${state.waitingBytes} bytes wait to be committed; the limit is ${deps.waitingBytesLimit}`;
    return new RingdownError("storage_busy", message);
  }

  return {
    append(request, done) {
      const refused = refusal();
      if (refused === undefined) handOver(appendWork(request, done));
      else clock.afterTurn(() => done({ kind: "failed", error: refused }));
    },
    write(apply) {
      if (state.health === "failed") return Promise.reject(earlierFailure());
      return new Promise((resolve, reject) => handOver(otherWork(apply, { resolve, reject })));
    },
    flush,
    health: () => ({
      state: state.health === "ok" && isAtCapacity() ? "full" : state.health,
      waitingCount: state.waitingCount,
      waitingBytes: state.waitingBytes,
      lastCommitMs: state.lastCommitMs,
    }),
  };
}

function faultOf(disk: MemoryDisk): RingdownError | undefined {
  if (disk.failed) return new RingdownError("storage_failed", "the memory disk failed");
  if (disk.full) return new RingdownError("storage_full", "the memory disk is full");
  return undefined;
}

function earlierFailure(): RingdownError {
  return new RingdownError("storage_failed", "an earlier write failed");
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

type Settlers = { readonly resolve: () => void; readonly reject: (error: RingdownError) => void };

function otherWork(apply: (contents: DiskContents) => void, settlers: Settlers): Work {
  return {
    requestBytes: 0,
    apply(contents) {
      apply(contents);
      return settlers.resolve;
    },
    fail: settlers.reject,
  };
}
