/**
 * Makes results durable: everything that became known while one record was under way goes into the
 * next (group commit), and a lane's checkpoint only ever says what is in the same record or before.
 *
 *   results ─▶ gathering ─▶ (end of turn) recording ─▶ durable: keys are free, others are told
 *                 ▲                            │ refused: the same record again, later
 *                 └── no attempts start ◀──────┘
 *
 * Invariants: one record is under way at a time; a record that fails is kept whole and made again,
 * so no result is lost while the process lives (I5). Results that are not durable are bounded (I10):
 * at the limit, and while the store refuses, nothing new may start.
 *
 * Cost: pushes into arrays per result, one call of the store per turn.
 */
import type { AttemptRecord, DeliveryRow, LaneCheckpoint } from "../model/delivery.ts";
import type { DeliveryChanges, Storage } from "../storage/storage.ts";
import type { Clock } from "../support/clock.ts";
import type { CrashPoint } from "../support/crash-point.ts";

export type RecorderDeps<Result> = {
  readonly storage: Pick<Storage, "record">;
  readonly clock: Clock;
  readonly crashPoint: CrashPoint;
  /** Lanes that moved since they were last asked for; nothing is due if empty. */
  readonly takeCheckpoints: () => readonly LaneCheckpoint[];
  /** After every record, also one without results. */
  readonly onRecorded: (results: readonly Result[]) => void;
  readonly onError: (error: unknown) => void;
};

export type RecorderOptions = {
  readonly maxUnrecorded: number;
  readonly checkpointMs: number;
};

export type Recorder<Result> = {
  /** Results known and not yet durable. */
  unrecorded(): number;
  /** The store refused the last record; it is being made again. */
  isFailing(): boolean;
  /** Whether further attempts may start. */
  isAccepting(): boolean;
  addResult(result: Result, attempt: AttemptRecord): void;
  addRow(row: DeliveryRow): void;
  /** Calls back once everything added so far is durable; at once if it is. */
  whenRecorded(action: () => void): void;
  /**
   * The same for somebody who waits: rejects, with the store's error, when the store refuses what he
   * waits for. That is kept and recorded later all the same.
   */
  recorded(): Promise<void>;
  /** The end of a turn: begins a record unless one is under way. */
  flush(): void;
  /** Records everything with a checkpoint; gives up after `timeoutMs` and says so. */
  finish(timeoutMs: number): Promise<"recorded" | "gave_up">;
};

type Batch<Result> = {
  readonly attempts: AttemptRecord[];
  readonly rows: DeliveryRow[];
  readonly results: Result[];
  readonly waiters: Waiter[];
};

type BatchState = {
  readonly gathering: Batch<unknown>;
  readonly recording: Batch<unknown> | undefined;
};

type Waiter = { onDurable(): void; onRefused?(error: unknown): void };

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

export function createRecorder<Result>(
  deps: RecorderDeps<Result>,
  options: RecorderOptions,
): Recorder<Result> {
  const { clock } = deps;
  const writer = createWriter(deps);
  const state = {
    gathering: emptyBatch<Result>(),
    recording: undefined as Batch<Result> | undefined,
    checkpointAtMs: clock.monotonicMs() + options.checkpointMs,
    /** `finish` waits for this. */
    onIdle: undefined as (() => void) | undefined,
  };

  const unrecorded = (): number =>
    state.gathering.results.length + (state.recording?.results.length ?? 0);
  const isAccepting = (): boolean => !writer.isFailing() && unrecorded() < options.maxUnrecorded;

  function flush(): void {
    if (state.recording !== undefined) return;
    const lanes = takeCheckpoints();
    const batch = state.gathering;
    if (isEmpty(batch) && lanes.length === 0) return;
    state.gathering = emptyBatch();
    state.recording = batch;
    writer.write(changesOf(batch, lanes), { onDurable, onRefused });
  }

  function onRefused(error: unknown): void {
    deps.onError(error);
    for (const batch of [state.recording, state.gathering]) {
      for (const waiter of batch?.waiters ?? []) waiter.onRefused?.(error);
    }
  }

  function takeCheckpoints(): readonly LaneCheckpoint[] {
    const nowMs = clock.monotonicMs();
    if (nowMs < state.checkpointAtMs) return [];
    state.checkpointAtMs = nowMs + options.checkpointMs;
    return deps.takeCheckpoints();
  }

  function onDurable(): void {
    const { results, waiters } = state.recording ?? emptyBatch<Result>();
    state.recording = undefined;
    deps.onRecorded(results);
    for (const waiter of waiters) waiter.onDurable();
    flush();
    if (state.recording === undefined) state.onIdle?.();
  }

  return {
    unrecorded,
    isFailing: writer.isFailing,
    isAccepting,
    addResult(result, attempt) {
      state.gathering.results.push(result);
      state.gathering.attempts.push(attempt);
    },
    addRow: (row) => void state.gathering.rows.push(row),
    whenRecorded: (action) => waitFor(state, { onDurable: action }),
    recorded: () => (writer.isFailing() ? Promise.reject(writer.lastError()) : whenDurable(state)),
    flush,
    finish: (timeoutMs) =>
      new Promise((resolve) => {
        const timer = clock.startTimer(timeoutMs, () => resolve("gave_up"));
        state.onIdle = () => {
          // What the last record brought about may have moved lanes once more.
          state.checkpointAtMs = Number.NEGATIVE_INFINITY;
          flush();
          if (state.recording !== undefined) return;
          clock.cancelTimer(timer);
          resolve("recorded");
        };
        if (state.recording === undefined) state.onIdle();
      }),
  };
}

type WriterDeps = Pick<RecorderDeps<never>, "storage" | "clock" | "crashPoint">;

/** Writes one thing at a time, and the same again, ever more slowly, until the store takes it. */
function createWriter({ storage, clock, crashPoint }: WriterDeps) {
  const state = { failing: false, lastError: undefined as unknown, retryMs: FIRST_RETRY_MS };

  function write(changes: DeliveryChanges, waiter: Required<Waiter>): void {
    crashPoint("delivery.before-record");
    if (changes.lanes !== undefined) crashPoint("delivery.before-checkpoint");
    storage.record(changes).then(
      () => {
        crashPoint("delivery.after-record");
        state.failing = false;
        state.retryMs = FIRST_RETRY_MS;
        waiter.onDurable();
      },
      (error: unknown) => {
        state.failing = true;
        state.lastError = error;
        clock.startTimer(state.retryMs, () => write(changes, waiter));
        state.retryMs = Math.min(state.retryMs * 2, LONGEST_RETRY_MS);
        waiter.onRefused(error);
      },
    );
  }

  return {
    write,
    isFailing: (): boolean => state.failing,
    lastError: (): unknown => state.lastError,
  };
}

function changesOf(batch: Batch<unknown>, lanes: readonly LaneCheckpoint[]): DeliveryChanges {
  const { attempts, rows: deliveries } = batch;
  return { attempts, deliveries, ...(lanes.length > 0 && { lanes }) };
}

function emptyBatch<Result>(): Batch<Result> {
  return { attempts: [], rows: [], results: [], waiters: [] };
}

/** Waits for everything that is known by now. */
function waitFor(state: BatchState, waiter: Waiter): void {
  const batch = isEmpty(state.gathering) ? state.recording : state.gathering;
  if (batch === undefined) waiter.onDurable();
  else batch.waiters.push(waiter);
}

function whenDurable(state: BatchState): Promise<void> {
  return new Promise((resolve, reject) => {
    waitFor(state, { onDurable: resolve, onRefused: reject });
  });
}

function isEmpty(batch: Batch<unknown>): boolean {
  return batch.attempts.length === 0 && batch.rows.length === 0;
}
