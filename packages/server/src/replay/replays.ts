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

export function createReplays(deps: ReplaysDeps): ReplayRunner {
  const { storage, clock } = deps;
  const state = {
    /** By id, oldest first. */
    replays: new Map<string, Kept>(),
    running: Promise.resolve(),
    stopping: false,
  };

  async function save(kept: Kept): Promise<void> {
    state.replays.set(kept.id, kept);
    await storage.putDocuments([{ put: { kind: DOCUMENT_KIND, id: kept.id, document: kept } }]);
  }

  function current(id: string): Kept {
    const kept = state.replays.get(id);
    if (kept === undefined) throw new RingdownError("not_found", `there is no replay ${id}`);
    return kept;
  }

  function isRunning(id: string): boolean {
    return !state.stopping && state.replays.get(id)?.state === "running";
  }

  async function plan(spec: ReplaySpec): Promise<ReplayPlan> {
    const skipped: Record<string, number> = {};
    const counts = { eventCount: 0, deliveryCount: 0 };
    for await (const selected of select(deps, spec, { afterSequence: 0, replayId: "" })) {
      counts.eventCount += 1;
      counts.deliveryCount += selected.deliveries.length;
      for (const reason of selected.skipped) skipped[reason] = (skipped[reason] ?? 0) + 1;
    }
    return { ...counts, skipped };
  }

  /** Makes one batch durable, then says so in the progress; both before the next. */
  async function make(id: string, batch: readonly Selected[]): Promise<void> {
    const nowMs = clock.nowMs();
    const rows = batch.flatMap((selected) =>
      selected.deliveries.map((delivery): DeliveryRow => ({
        sequence: selected.sequence,
        ...delivery,
        state: "pending",
        attemptCount: 0,
        lastAttemptNumber: 0,
        dueAtMs: nowMs,
        replayId: id,
        createdAtMs: nowMs,
        updatedAtMs: nowMs,
      })),
    );
    if (rows.length > 0) {
      await storage.record({ attempts: [], deliveries: rows });
      deps.control.adopt(rows);
    }
    const kept = current(id);
    const afterSequence = batch.at(-1)?.sequence ?? kept.afterSequence;
    await save({
      ...kept,
      afterSequence,
      madeCount: kept.madeCount + rows.length,
      updatedAtMs: nowMs,
    });
  }

  async function run(id: string): Promise<void> {
    const { spec, afterSequence } = current(id);
    const perBatch =
      spec.ratePerSecond === undefined
        ? BATCH_LIMIT
        : Math.max(1, Math.round((spec.ratePerSecond * SLICE_MS) / 1000));
    const batchLimit = Math.min(BATCH_LIMIT, perBatch);
    let batch: Selected[] = [];
    let deliveries = 0;
    for await (const selected of select(deps, spec, { afterSequence, replayId: id })) {
      if (!isRunning(id)) return;
      batch.push(selected);
      deliveries += selected.deliveries.length;
      if (deliveries < batchLimit && batch.length < BATCH_LIMIT) continue;
      await make(id, batch);
      if (spec.ratePerSecond !== undefined) await pause((deliveries / spec.ratePerSecond) * 1000);
      batch = [];
      deliveries = 0;
    }
    if (!isRunning(id)) return;
    if (batch.length > 0) await make(id, batch);
    await finish(id, { state: "done" });
  }

  function pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => clock.startTimer(delayMs, resolve));
  }

  function finish(id: string, end: Pick<Kept, "state"> & { cause?: string }): Promise<void> {
    return save({ ...current(id), ...end, updatedAtMs: clock.nowMs() });
  }

  function enqueue(id: string): void {
    state.running = state.running.then(async () => {
      if (!isRunning(id)) return;
      try {
        await run(id);
      } catch (error) {
        deps.onFailed(current(id), error);
        const cause = error instanceof Error ? error.message : String(error);
        await finish(id, { state: "failed", cause }).catch((failure: unknown) =>
          deps.onFailed(current(id), failure),
        );
      }
    });
  }

  /** The oldest that have ended make room. */
  async function forgetOldest(): Promise<void> {
    const ended = [...state.replays.values()].filter((kept) => kept.state !== "running");
    const removed = ended.slice(0, Math.max(0, ended.length - HISTORY_LIMIT));
    if (removed.length === 0) return;
    await storage.putDocuments(removed.map(({ id }) => ({ remove: { kind: DOCUMENT_KIND, id } })));
    for (const { id } of removed) state.replays.delete(id);
  }

  return {
    plan,
    async create(spec) {
      const nowMs = clock.nowMs();
      const planned = await plan(spec);
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
      await save(kept);
      await forgetOldest();
      enqueue(id);
      return shown(kept);
    },
    list: () => [...state.replays.values()].map(shown).toReversed(),
    get(id) {
      const kept = state.replays.get(id);
      return kept === undefined ? undefined : shown(kept);
    },
    async cancel(id) {
      const kept = current(id);
      if (kept.state !== "running")
        throw new RingdownError("state_conflict", `the replay is ${kept.state}`);
      await finish(id, { state: "cancelled" });
      return shown(current(id));
    },
    async start() {
      const documents = await storage.listDocuments(DOCUMENT_KIND);
      const kept = documents.map(({ document }) => document as Kept);
      for (const each of kept.toSorted((left, right) => left.createdAtMs - right.createdAtMs)) {
        state.replays.set(each.id, each);
        if (each.state === "running") enqueue(each.id);
      }
    },
    async stop() {
      state.stopping = true;
      await state.running;
    },
  };
}

function shown({ afterSequence: _, ...replay }: Kept): Replay {
  return replay;
}
