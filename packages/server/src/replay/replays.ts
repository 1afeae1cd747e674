/**
 * Runs replays: makes new deliveries from stored events, oldest first, at a bounded pace.
 *
 *   running ──▶ done | cancelled | failed
 *
 * Progress is a document, saved after each batch of deliveries. A crash between the batch and its
 * progress repeats the batch, and finds each delivery by the replay's id: none is made twice.
 *
 * One replay runs at a time; others wait their turn, so that two never race for the same ordinal.
 */
import { randomBytes } from "node:crypto";
import { RingdownError } from "../errors/ringdown-error.ts";
import type { DeliveryControl } from "../model/control.ts";
import type { DeliveryRow } from "../model/delivery.ts";
import { formatRandomId } from "../model/ids.ts";
import type { Replay, ReplayPlan, Replays, ReplaySpec } from "../model/replay.ts";
import type { Storage } from "../storage/storage.ts";
import type { Clock } from "../support/clock.ts";
import { select, type SelectDeps, type Selected } from "./select.ts";

export type ReplaysDeps = SelectDeps & {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly control: Pick<DeliveryControl, "adopt">;
  /** A replay could not go on for a reason nobody expected. */
  readonly onFailed: (replay: Replay, error: unknown) => void;
};

export type ReplayRunner = Replays & {
  /** Goes on with what was running. */
  start(): Promise<void>;
  /** Stops after the batch under way; the rest goes on at the next start. Idempotent. */
  stop(): Promise<void>;
};

type Kept = Replay & { readonly afterSequence: number };

const DOCUMENT_KIND = "replay";
/** Deliveries made at once: one commit. */
const BATCH_LIMIT = 200;
/** A pace is kept in slices of this. */
const SLICE_MS = 200;
/** Finished replays that are remembered. */
const HISTORY_LIMIT = 500;

type Core = {
  readonly deps: ReplaysDeps;
  /** By id, oldest first. */
  readonly kept: Map<string, Kept>;
  /** The end of the line of replays. */
  running: Promise<void>;
  stopping: boolean;
};

export function createReplays(deps: ReplaysDeps): ReplayRunner {
  const core: Core = { deps, kept: new Map(), running: Promise.resolve(), stopping: false };
  return {
    plan: (spec) => plan(core, spec),
    create: (spec) => create(core, spec),
    list: () => [...core.kept.values()].map(shown).toReversed(),
    get(id) {
      const kept = core.kept.get(id);
      return kept === undefined ? undefined : shown(kept);
    },
    async cancel(id) {
      const kept = current(core, id);
      if (kept.state !== "running")
        throw new RingdownError("state_conflict", `the replay is ${kept.state}`);
      await finish(core, id, { state: "cancelled" });
      return shown(current(core, id));
    },
    start: () => start(core),
    async stop() {
      core.stopping = true;
      await core.running;
    },
  };
}

async function save(core: Core, kept: Kept): Promise<void> {
  core.kept.set(kept.id, kept);
  await core.deps.storage.putDocuments([
    { put: { kind: DOCUMENT_KIND, id: kept.id, document: kept } },
  ]);
}

function current(core: Core, id: string): Kept {
  const kept = core.kept.get(id);
  if (kept === undefined) throw new RingdownError("not_found", `there is no replay ${id}`);
  return kept;
}

function isRunning(core: Core, id: string): boolean {
  return !core.stopping && core.kept.get(id)?.state === "running";
}

async function plan({ deps }: Core, spec: ReplaySpec): Promise<ReplayPlan> {
  const skipped: Record<string, number> = {};
  const counts = { eventCount: 0, deliveryCount: 0 };
  for await (const selected of select(deps, spec, { afterSequence: 0, replayId: "" })) {
    counts.eventCount += 1;
    counts.deliveryCount += selected.deliveries.length;
    for (const reason of selected.skipped) skipped[reason] = (skipped[reason] ?? 0) + 1;
  }
  return { ...counts, skipped };
}

async function create(core: Core, spec: ReplaySpec): Promise<Replay> {
  const nowMs = core.deps.clock.nowMs();
  const planned = await plan(core, spec);
  const id = formatRandomId("op", nowMs, randomBytes(10));
  const kept: Kept = {
    ...planned,
    id,
    state: "running",
    spec,
    madeCount: 0,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    afterSequence: 0,
  };
  await save(core, kept);
  await forgetOldest(core);
  enqueue(core, id);
  return shown(kept);
}

async function start(core: Core): Promise<void> {
  const documents = await core.deps.storage.listDocuments(DOCUMENT_KIND);
  const kept = documents.map(({ document }) => document as Kept);
  for (const each of kept.toSorted((left, right) => left.createdAtMs - right.createdAtMs)) {
    core.kept.set(each.id, each);
    if (each.state === "running") enqueue(core, each.id);
  }
}

function enqueue(core: Core, id: string): void {
  core.running = core.running.then(async () => {
    if (!isRunning(core, id)) return;
    try {
      await run(core, id);
    } catch (error) {
      core.deps.onFailed(current(core, id), error);
      const cause = error instanceof Error ? error.message : String(error);
      await finish(core, id, { state: "failed", cause }).catch((failure: unknown) =>
        core.deps.onFailed(current(core, id), failure),
      );
    }
  });
}

async function run(core: Core, id: string): Promise<void> {
  const { spec, afterSequence } = current(core, id);
  const batchLimit = batchLimitOf(spec);
  let batch: Selected[] = [];
  let deliveries = 0;
  for await (const selected of select(core.deps, spec, { afterSequence, replayId: id })) {
    if (!isRunning(core, id)) return;
    batch.push(selected);
    deliveries += selected.deliveries.length;
    if (deliveries < batchLimit && batch.length < BATCH_LIMIT) continue;
    await make(core, id, batch);
    if (spec.ratePerSecond !== undefined)
      await pause(core, (deliveries / spec.ratePerSecond) * 1000);
    batch = [];
    deliveries = 0;
  }
  if (!isRunning(core, id)) return;
  if (batch.length > 0) await make(core, id, batch);
  await finish(core, id, { state: "done" });
}

function batchLimitOf({ ratePerSecond }: ReplaySpec): number {
  if (ratePerSecond === undefined) return BATCH_LIMIT;
  return Math.min(BATCH_LIMIT, Math.max(1, Math.round((ratePerSecond * SLICE_MS) / 1000)));
}

/** Makes one batch durable, then says so in the progress; both before the next. */
async function make(core: Core, id: string, batch: readonly Selected[]): Promise<void> {
  const nowMs = core.deps.clock.nowMs();
  const rows = batch.flatMap((selected) => rowsOf(selected, { replayId: id, nowMs }));
  if (rows.length > 0) {
    await core.deps.storage.record({ attempts: [], deliveries: rows });
    core.deps.control.adopt(rows);
  }
  const kept = current(core, id);
  const afterSequence = batch.at(-1)?.sequence ?? kept.afterSequence;
  await save(core, {
    ...kept,
    afterSequence,
    madeCount: kept.madeCount + rows.length,
    updatedAtMs: nowMs,
  });
}

function rowsOf(
  { sequence, deliveries }: Selected,
  made: { replayId: string; nowMs: number },
): DeliveryRow[] {
  return deliveries.map((delivery) => ({
    sequence,
    ...delivery,
    state: "pending",
    attemptCount: 0,
    lastAttemptNumber: 0,
    dueAtMs: made.nowMs,
    replayId: made.replayId,
    createdAtMs: made.nowMs,
    updatedAtMs: made.nowMs,
  }));
}

function pause({ deps }: Core, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    deps.clock.startTimer(delayMs, resolve);
  });
}

type End = { readonly state: Exclude<Replay["state"], "running">; readonly cause?: string };

function finish(core: Core, id: string, end: End): Promise<void> {
  return save(core, { ...current(core, id), ...end, updatedAtMs: core.deps.clock.nowMs() });
}

/** The oldest that have ended make room. */
async function forgetOldest({ deps, kept }: Core): Promise<void> {
  const ended = [...kept.values()].filter((each) => each.state !== "running");
  const removed = ended.slice(0, Math.max(0, ended.length - HISTORY_LIMIT));
  if (removed.length === 0) return;
  await deps.storage.putDocuments(
    removed.map(({ id }) => ({ remove: { kind: DOCUMENT_KIND, id } })),
  );
  for (const { id } of removed) kept.delete(id);
}

function shown(kept: Kept): Replay {
  const { afterSequence: _afterSequence, ...replay } = kept;
  return replay;
}
