/**
 * The only part that writes: one session, one transaction at a time, each holding everything that came
 * while the one before ran.
 *
 *   starting ─▶ connected ⇄ disconnected ─▶ failed
 *                   └───────────┴──stop──▶ stopped
 *
 * When the connection breaks, what was not sent fails at once with storage_unavailable, and so does
 * everything that comes until there is a connection again, which is tried by itself, ever more slowly.
 *
 * A transaction whose COMMIT was not answered is held: nobody is told anything (I1) until the next
 * connection has looked whether it is there. Telling its callers that it failed would lose an event
 * that is durable and that nobody hands to delivery (I2). It is one transaction, so what is held is
 * bounded by its limits (waiting.ts).
 *
 * Failed for good: another gateway has become the owner, or a write failed in a way that trying again
 * does not cure. A server that comes back with settings under which a COMMIT is only a hope, or as a
 * standby, is not failed but unavailable: nothing is taken until somebody has corrected it.
 */
import { RingdownError } from "../../errors/ringdown-error.ts";
import type { Clock } from "../../support/clock.ts";
import type { CrashPoint } from "../../support/crash-point.ts";
import type { StorageHealth } from "../storage.ts";
import type { AppendedBatch } from "./append.ts";
import { createPurge, type Purge } from "./dedupe.ts";
import type { OpenedWriter, WriterState } from "./open.ts";
import type { Session } from "./session.ts";
import { isStatementError, toStorageError } from "./sql-error.ts";
import {
  forgetCommits,
  type Position,
  type Prepared,
  runTransaction,
  wasCommitted,
} from "./transaction.ts";
import type { Load, Waiting } from "./waiting.ts";

/** Waits between attempts to connect again: the first, doubled up to the longest. */
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 5000;

export type CommitterDeps = {
  readonly clock: Clock;
  readonly crashPoint: CrashPoint;
  readonly waiting: Waiting;
  start(onLost: () => void): Promise<OpenedWriter>;
  resume(onLost: () => void, epoch: number): Promise<OpenedWriter>;
  /** Committed: its callers are told. */
  onCommitted(load: Load, appended: readonly AppendedBatch[], tookMs: number): void;
  /** Nothing of it happened, or the store has failed. */
  onRefused(load: Load, error: RingdownError): void;
  /** Called once. */
  onFailed(error: RingdownError): void;
};

export type Committer = {
  start(): Promise<{ readonly session: Session; readonly state: WriterState }>;
  state(): StorageHealth["state"];
  /** Why it is unavailable, for people. */
  reason(): string;
  /** Something waits. */
  wake(): void;
  /** Commits what waits, if it can, and closes the session. */
  stop(): Promise<void>;
};

type Held = { readonly load: Load; readonly prepared: Prepared };

type Core = {
  readonly deps: CommitterDeps;
  readonly purge: Purge;
  session: Session | undefined;
  position: Position;
  epoch: number;
  health: StorageHealth["state"];
  reason: string;
  /** A transaction, or what follows it, is under way. */
  working: boolean;
  stopping: boolean;
  /** Its COMMIT was not answered. */
  held: Held | undefined;
  onIdle: (() => void) | undefined;
};

export function createCommitter(deps: CommitterDeps): Committer {
  const core: Core = {
    deps,
    purge: createPurge(),
    session: undefined,
    position: { nextSequence: 1, nextBatch: 1, nextCommit: 1, destinations: new Set() },
    epoch: 0,
    health: "unavailable",
    reason: "it was not started",
    working: false,
    stopping: false,
    held: undefined,
    onIdle: undefined,
  };
  return {
    async start() {
      const opened = await deps.start(() => onLost(core));
      connected(core, opened);
      return opened;
    },
    state: () => core.health,
    reason: () => core.reason,
    wake: () => void work(core),
    stop: () => stop(core),
  };
}

function connected(core: Core, { session, state }: OpenedWriter): void {
  core.session = session;
  core.epoch = state.epoch;
  core.position = { ...state, destinations: new Set(state.destinations) };
  core.health = "ok";
}

/** Commits until nothing waits. */
async function work(core: Core): Promise<void> {
  if (core.working) return;
  core.working = true;
  try {
    while (core.session !== undefined && !core.deps.waiting.isEmpty()) {
      await commitOnce(core, core.session);
    }
  } finally {
    core.working = false;
    if (core.session?.isLost() === true) dropSession(core);
    core.onIdle?.();
  }
}

async function commitOnce(core: Core, session: Session): Promise<void> {
  const { deps } = core;
  const load = deps.waiting.take();
  const startedAtMs = deps.clock.monotonicMs();
  const outcome = await runTransaction(session, contentOf(load), {
    position: core.position,
    crashPoint: deps.crashPoint,
  });
  switch (outcome.kind) {
    case "committed":
      deps.crashPoint("storage.after-commit");
      committed(core, { load, prepared: outcome.prepared }, deps.clock.monotonicMs() - startedAtMs);
      await maintain(core, session);
      break;
    case "failed":
      refused(core, load, outcome.error);
      break;
    case "unknown":
      core.held = { load, prepared: outcome.prepared };
      dropSession(core);
      break;
  }
}

function contentOf({ batches, calls }: Load) {
  return {
    batches,
    records: calls.flatMap((call) => call.record ?? []),
    documents: calls.flatMap((call) => call.documents ?? []),
  };
}

function committed(core: Core, { load, prepared }: Held, tookMs: number): void {
  if (core.health === "full") core.health = "ok";
  core.position = prepared.next;
  core.purge.noteCommitted(prepared.append.keyCount, prepared.append.newestReceivedAtMs);
  core.deps.onCommitted(load, prepared.append.appended, tookMs);
}

function refused(core: Core, load: Load, cause: unknown): void {
  const error = toStorageError(cause);
  if (error.code === "storage_full") core.health = "full";
  core.deps.onRefused(load, error);
  if (!error.retryable) fail(core, error);
  else if (!isStatementError(cause)) dropSession(core);
}

/** After the answers, so that nobody waits for it but the next transaction. */
async function maintain(core: Core, session: Session): Promise<void> {
  try {
    await core.purge.step(session);
    await forgetCommits(session, core.position.nextCommit);
  } catch (cause) {
    const error = toStorageError(cause);
    if (!error.retryable) fail(core, error);
    else if (!isStatementError(cause)) dropSession(core);
  }
}

/** The session ended by itself; a transaction under way finds out on its own. */
function onLost(core: Core): void {
  if (core.session?.isLost() === true && !core.working) dropSession(core);
}

function dropSession(core: Core): void {
  const { session } = core;
  if (session === undefined) return;
  core.session = undefined;
  void session.close();
  if (core.health !== "failed") core.health = "unavailable";
  const error = brokenConnection();
  core.reason = error.message;
  refuseWaiting(core, error);
  if (!core.stopping && core.health !== "failed") retryLater(core, FIRST_RETRY_MS);
}

function refuseWaiting(core: Core, error: RingdownError): void {
  core.deps.onRefused(core.deps.waiting.takeAll(), error);
}

function retryLater(core: Core, delayMs: number): void {
  core.deps.clock.startTimer(delayMs, () => void reconnect(core, delayMs));
}

async function reconnect(core: Core, delayMs: number): Promise<void> {
  if (core.stopping || core.health === "failed") return;
  core.working = true;
  try {
    const opened = await core.deps.resume(() => onLost(core), core.epoch);
    const isHeldThere = await findHeld(core, opened.session);
    connected(core, opened);
    tellHeld(core, isHeldThere);
  } catch (cause) {
    const error = toStorageError(cause);
    core.reason = error.message;
    if (error.retryable) retryLater(core, Math.min(delayMs * 2, LONGEST_RETRY_MS));
    else fail(core, error);
  } finally {
    core.working = false;
    core.onIdle?.();
  }
  await work(core);
}

/** Whether the transaction whose COMMIT was not answered is there. */
async function findHeld({ held }: Core, session: Session): Promise<boolean> {
  if (held === undefined) return false;
  try {
    return await wasCommitted(session, held.prepared);
  } catch (error) {
    await session.close();
    throw error;
  }
}

function tellHeld(core: Core, isThere: boolean): void {
  const { held, deps } = core;
  if (held === undefined) return;
  core.held = undefined;
  if (isThere) deps.onCommitted(held.load, held.prepared.append.appended, 0);
  else deps.onRefused(held.load, brokenConnection());
}

function brokenConnection(): RingdownError {
  return new RingdownError("storage_unavailable", "the connection to PostgreSQL broke");
}

function fail(core: Core, error: RingdownError): void {
  if (core.health === "failed") return;
  core.health = "failed";
  const { session } = core;
  core.session = undefined;
  void session?.close();
  refuseHeld(core, error);
  refuseWaiting(core, error);
  core.deps.onFailed(error);
}

function refuseHeld(core: Core, error: RingdownError): void {
  const { held } = core;
  core.held = undefined;
  if (held !== undefined) core.deps.onRefused(held.load, error);
}

async function stop(core: Core): Promise<void> {
  core.stopping = true;
  void work(core);
  while (core.working) await new Promise<void>((resolve) => (core.onIdle = resolve));
  const { session } = core;
  core.session = undefined;
  // The process ends: what became of it is found by the next start.
  const error = new RingdownError(
    "storage_unavailable",
    "the store stopped while it had no connection",
  );
  refuseHeld(core, error);
  refuseWaiting(core, error);
  await session?.close();
}
