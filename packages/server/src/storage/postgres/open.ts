/**
 * Opens the session that writes, and asserts what durability rests on instead of hoping for it.
 *
 * The same session holds the store's lock (a session-level advisory lock named after the schema). So a
 * writer that lost its lock has lost its connection too: whatever it still believes, it cannot write,
 * and nobody else can hold the lock before the server has ended that session. No statement needs a
 * fence of its own.
 *
 * `nodes.epoch` counts the starts. A store that connects again after a broken connection goes on only
 * if nobody has started in between; otherwise it is no longer the owner, for good.
 */
import { RingdownError } from "../../errors/ringdown-error.ts";
import { migrate, NODE_NO } from "./schema.ts";
import { openSession, type Session, type SessionOptions } from "./session.ts";
import { sqlStateOf } from "./sql-error.ts";
import { placeOf } from "./target.ts";

/** A gateway that has just ended may still hold it: its session ends when the server notices. */
const LOCK_WAIT_MS = 1000;
const LOCK_NOT_AVAILABLE = "55P03";
/** Nothing that it lacks is used; older ones get no repairs any more. */
const SERVER_FLOOR = 130_000;

export type WriterState = {
  readonly epoch: number;
  readonly nextSequence: number;
  readonly nextBatch: number;
  readonly nextCommit: number;
  readonly destinations: readonly number[];
};

export type OpenedWriter = { readonly session: Session; readonly state: WriterState };

/** The first time: takes the lock, brings the schema up to date, begins an epoch. */
export function startWriter(options: SessionOptions, onLost: () => void): Promise<OpenedWriter> {
  return open(options, onLost, async (session) => {
    await takeLock(session, options);
    await migrate(session, options.schema);
    return beginEpoch(session);
  });
}

/**
 * After a broken connection. @throws storage_failed when the store has another owner by now
 */
export function resumeWriter(
  options: SessionOptions,
  onLost: () => void,
  epoch: number,
): Promise<OpenedWriter> {
  return open(options, onLost, async (session) => {
    await retakeLock(session, options);
    const { rows } = await session.run<{ epoch: number }>(READ_EPOCH);
    if (rows[0]?.epoch !== epoch) throw otherOwner(options);
    return epoch;
  });
}

async function open(
  options: SessionOptions,
  onLost: () => void,
  takeOver: (session: Session) => Promise<number>,
): Promise<OpenedWriter> {
  const session = await openSession(options, onLost);
  try {
    await assertDurable(session, options);
    const epoch = await takeOver(session);
    return { session, state: { epoch, ...(await readState(session)) } };
  } catch (error) {
    await session.close();
    throw error;
  }
}

const READ_SETTINGS = {
  name: "read-settings",
  text: `SELECT current_setting('fsync') AS fsync,
      current_setting('full_page_writes') AS full_page_writes,
      current_setting('synchronous_commit') AS synchronous_commit,
      current_setting('server_encoding') AS encoding,
      current_setting('server_version_num')::int AS version,
      pg_is_in_recovery() AS is_standby`,
};

type ServerSettings = {
  readonly fsync: string;
  readonly full_page_writes: string;
  readonly synchronous_commit: string;
  readonly encoding: string;
  readonly version: number;
  readonly is_standby: boolean;
};

/** I1: a COMMIT that is answered before it is on disk would make every 2xx a hope. */
async function assertDurable(session: Session, options: SessionOptions): Promise<void> {
  const problems = await settingProblems(session);
  if (problems.length === 0) return;
  throw new RingdownError(
    "storage_unavailable",
    `${placeOf(options.url)} is not fit to keep accepted events: ${problems.join("; ")}`,
  );
}

/** Why a server must not be trusted with accepted events; empty if it may. */
export async function settingProblems(session: Session): Promise<readonly string[]> {
  const { rows } = await session.run<ServerSettings>(READ_SETTINGS);
  const [found] = rows;
  return UNFIT.filter(({ is }) => found === undefined || is(found)).map(({ problem }) => problem);
}

type Unfit = { readonly problem: string; readonly is: (settings: ServerSettings) => boolean };

const UNFIT: readonly Unfit[] = [
  { problem: "fsync is off", is: ({ fsync }) => fsync !== "on" },
  { problem: "full_page_writes is off", is: (found) => found.full_page_writes !== "on" },
  {
    problem: "synchronous_commit cannot be set to on",
    is: (found) => found.synchronous_commit !== "on",
  },
  { problem: "its encoding is not UTF8", is: ({ encoding }) => encoding !== "UTF8" },
  { problem: "it is older than PostgreSQL 13", is: ({ version }) => version < SERVER_FLOOR },
  { problem: "it is a standby, which takes no writes", is: (found) => found.is_standby },
];

/** The lock's key is 64 bits of the schema's name; the database is part of it by itself. */
const LOCK_KEY = "hashtextextended('ringdown store ' || $1, 0)";
const TAKE_LOCK = { name: "take-lock", text: `SELECT pg_advisory_lock(${LOCK_KEY})` };

async function takeLock(session: Session, options: SessionOptions): Promise<void> {
  await session.script(`SET lock_timeout = ${LOCK_WAIT_MS}`);
  try {
    await session.run(TAKE_LOCK, [options.schema]);
  } catch (error) {
    if (sqlStateOf(error) !== LOCK_NOT_AVAILABLE) throw error;
    throw new RingdownError(
      "storage_locked",
      `another gateway holds the schema ${options.schema} of ${placeOf(options.url)}`,
    );
  }
  await session.script("SET lock_timeout = 0");
}

const END_OWN_SESSIONS = {
  name: "end-own-sessions",
  text: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = $1 AND usename = current_user AND datname = current_database()
      AND pid <> pg_backend_pid() AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')`,
};

/** The session that broke may live on at the server's end of it: it is ended first. */
async function retakeLock(session: Session, options: SessionOptions): Promise<void> {
  await session.run(END_OWN_SESSIONS, [options.applicationName]);
  try {
    await takeLock(session, options);
  } catch (error) {
    if (error instanceof RingdownError && error.code === "storage_locked")
      throw otherOwner(options);
    throw error;
  }
}

function otherOwner(options: SessionOptions): RingdownError {
  return new RingdownError(
    "storage_failed",
    `another gateway has taken over the schema ${options.schema} of ${placeOf(options.url)}`,
  );
}

const BEGIN_EPOCH = {
  name: "begin-epoch",
  text: `UPDATE nodes SET epoch = epoch + 1 WHERE node_no = ${NODE_NO} RETURNING epoch`,
};
const READ_EPOCH = {
  name: "read-epoch",
  text: `SELECT epoch FROM nodes WHERE node_no = ${NODE_NO}`,
};

async function beginEpoch(session: Session): Promise<number> {
  const { rows } = await session.run<{ epoch: number }>(BEGIN_EPOCH);
  const { epoch } = rows[0] ?? {};
  if (epoch === undefined) throw new RingdownError("storage_corrupt", "the node's row is missing");
  return epoch;
}

const READ_STATE = {
  name: "read-state",
  text: `SELECT
    coalesce((SELECT first_sequence + count FROM segments ORDER BY first_sequence DESC LIMIT 1), 1)
      AS next_sequence,
    coalesce((SELECT max(batch) FROM attempts), 0) + 1 AS next_batch,
    coalesce((SELECT max(commit_no) FROM commits WHERE node_no = ${NODE_NO}), 0) + 1 AS next_commit`,
};
const READ_DESTINATIONS = {
  name: "read-destinations",
  text: "SELECT destination_no FROM lanes",
};

async function readState(session: Session): Promise<Omit<WriterState, "epoch">> {
  const [counters, lanes] = await Promise.all([
    session.run<{ next_sequence: number; next_batch: number; next_commit: number }>(READ_STATE),
    session.run<{ destination_no: number }>(READ_DESTINATIONS),
  ]);
  const row = counters.rows[0];
  return {
    nextSequence: row?.next_sequence ?? 1,
    nextBatch: row?.next_batch ?? 1,
    nextCommit: row?.next_commit ?? 1,
    destinations: lanes.rows.map((lane) => lane.destination_no),
  };
}
