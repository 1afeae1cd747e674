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
  readonly onRecorded: (results: readonly Result[]) => void;
  /** Attempts may start again. */
  readonly onAccepting: () => void;
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
  /** The end of a turn: begins a record unless one is under way. */
  flush(): void;
  /** Records everything with a checkpoint; gives up after `timeoutMs` and says so. */
  finish(timeoutMs: number): Promise<"recorded" | "gave_up">;
};

type Batch<Result> = {
  readonly attempts: AttemptRecord[];
  readonly rows: DeliveryRow[];
  readonly results: Result[];
  readonly waiters: (() => void)[];
};

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
    const { attempts, rows: deliveries } = batch;
    writer.write({ attempts, deliveries, ...(lanes.length > 0 && { lanes }) }, onDurable);
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
    for (const waiter of waiters) waiter();
    if (isAccepting()) deps.onAccepting();
    flush();
    if (state.recording === undefined) state.onIdle?.();
  }

  function finish(timeoutMs: number): Promise<"recorded" | "gave_up"> {
    return new Promise((resolve) => {
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
    });
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
    whenRecorded: (action) =>
      waitFor(isEmpty(state.gathering) ? state.recording : state.gathering, action),
    flush,
    finish,
  };
}

type WriterDeps = Pick<RecorderDeps<never>, "storage" | "clock" | "crashPoint" | "onError">;

/** Writes one thing at a time, and the same again, ever more slowly, until the store takes it. */
function createWriter({ storage, clock, crashPoint, onError }: WriterDeps) {
  const state = { failing: false, retryMs: FIRST_RETRY_MS };

  function write(changes: DeliveryChanges, onDurable: () => void): void {
    crashPoint("delivery.before-record");
    if (changes.lanes !== undefined) crashPoint("delivery.before-checkpoint");
    storage.record(changes).then(
      () => {
        crashPoint("delivery.after-record");
        state.failing = false;
        state.retryMs = FIRST_RETRY_MS;
        onDurable();
      },
      (error: unknown) => {
        state.failing = true;
        onError(error);
        clock.startTimer(state.retryMs, () => write(changes, onDurable));
        state.retryMs = Math.min(state.retryMs * 2, LONGEST_RETRY_MS);
      },
    );
  }

  return { write, isFailing: (): boolean => state.failing };
}

function emptyBatch<Result>(): Batch<Result> {
  return { attempts: [], rows: [], results: [], waiters: [] };
}

function waitFor(batch: Batch<unknown> | undefined, action: () => void): void {
  if (batch === undefined) action();
  else batch.waiters.push(action);
}

function isEmpty(batch: Batch<unknown>): boolean {
  return batch.attempts.length === 0 && batch.rows.length === 0;
}
