/**
 * One transaction of the writer: everything it was given, committed together (group commit).
 *
 *   BEGIN, keys ─▶ decided ─▶ segments, attempts, rows, lanes, documents, its number, COMMIT ─▶ answered
 *
 * One round trip, and another one if there are keys; what is sent together is not waited for one by
 * one. It counts as committed only when the answer to COMMIT says COMMIT (I1): a transaction that had
 * failed before is answered with ROLLBACK.
 *
 * A connection that breaks after COMMIT was sent leaves the outcome unknown. Then the transaction's
 * number tells: it is there, or nothing of the transaction is (`wasCommitted`).
 */
import { RingdownError } from "../../errors/ringdown-error.ts";
import type { CrashPoint } from "../../support/crash-point.ts";
import { type EncodedBatch, prepareAppend, type PreparedAppend } from "./append.ts";
import { type EncodedDocument, sendDocuments } from "./documents.ts";
import type { EncodedChanges } from "../delivery-codec.ts";
import { sendRecords } from "./record.ts";
import { NODE_NO } from "./schema.ts";
import type { Session } from "./session.ts";
import { isStatementError } from "./sql-error.ts";

export type TransactionContent = {
  readonly batches: readonly EncodedBatch[];
  readonly records: readonly EncodedChanges[];
  readonly documents: readonly EncodedDocument[];
};

/** What the next transaction starts from. */
export type Position = {
  readonly nextSequence: number;
  readonly nextBatch: number;
  readonly nextCommit: number;
  readonly destinations: ReadonlySet<number>;
};

export type Prepared = {
  readonly append: PreparedAppend;
  readonly commitNo: number;
  /** Once it is committed. */
  readonly next: Position;
};

export type TransactionOutcome =
  | { readonly kind: "committed"; readonly prepared: Prepared }
  /** Nothing of it happened. */
  | { readonly kind: "failed"; readonly error: unknown }
  /** COMMIT was sent and not answered. */
  | { readonly kind: "unknown"; readonly prepared: Prepared; readonly error: unknown };

const BEGIN = { name: "begin", text: "BEGIN" };
const COMMIT = { name: "commit", text: "COMMIT" };
const ROLLBACK = { name: "rollback", text: "ROLLBACK" };
const NUMBER_COMMIT = {
  name: "number-commit",
  text: `INSERT INTO commits (node_no, commit_no) VALUES (${NODE_NO}, $1)`,
};
const FIND_COMMIT = {
  name: "find-commit",
  text: `SELECT 1 AS found FROM commits WHERE node_no = ${NODE_NO} AND commit_no = $1`,
};
const FORGET_COMMITS = {
  name: "forget-commits",
  text: `DELETE FROM commits WHERE node_no = ${NODE_NO} AND commit_no < $1`,
};

/** Numbers kept; only the last one is ever asked for. */
const KEPT_COMMITS = 1024;

export async function runTransaction(
  session: Session,
  content: TransactionContent,
  context: { readonly position: Position; readonly crashPoint: CrashPoint },
): Promise<TransactionOutcome> {
  const { position, crashPoint } = context;
  const begun = session.run(BEGIN);
  // Not waited for unless there are keys; what became of it is looked at with the others.
  begun.catch(() => undefined);
  let append: PreparedAppend;
  try {
    append = await prepareAppend(session, content.batches, {
      nextSequence: position.nextSequence,
      knownDestinations: position.destinations,
    });
  } catch (error) {
    await rollBack(session);
    return { kind: "failed", error };
  }
  crashPoint("storage.before-commit");
  const { sent, nextBatch } = sendRecords(session, content.records, position.nextBatch);
  const statements = [
    begun,
    ...append.send(session),
    ...sent,
    ...sendDocuments(session, content.documents),
    session.run(NUMBER_COMMIT, [position.nextCommit]),
  ];
  const commit = session.run(COMMIT);
  const prepared: Prepared = {
    append,
    commitNo: position.nextCommit,
    next: {
      nextSequence: append.nextSequence,
      nextBatch,
      nextCommit: position.nextCommit + 1,
      destinations: withNew(position.destinations, append.firstNamed),
    },
  };
  return conclude({ statements, commit, prepared });
}

type Sent = {
  readonly statements: readonly Promise<unknown>[];
  readonly commit: Promise<{ readonly command: string }>;
  readonly prepared: Prepared;
};

async function conclude({ statements, commit, prepared }: Sent): Promise<TransactionOutcome> {
  const results = await Promise.allSettled(statements);
  const failure = results.find((result) => result.status === "rejected");
  try {
    const { command } = await commit;
    if (command === "COMMIT" && failure === undefined) return { kind: "committed", prepared };
    const error: unknown =
      failure?.reason ?? new RingdownError("storage_failed", `COMMIT was answered with ${command}`);
    return { kind: "failed", error };
  } catch (error) {
    // Only the server's own ERROR says that it rolled back; a FATAL may come after the commit.
    if (isStatementError(error)) return { kind: "failed", error: failure?.reason ?? error };
    return { kind: "unknown", prepared, error };
  }
}

/** Unknown outcomes only: on a later session that holds the lock again. */
export async function wasCommitted(session: Session, prepared: Prepared): Promise<boolean> {
  const { rows } = await session.run<{ found: number }>(FIND_COMMIT, [prepared.commitNo]);
  return rows.length > 0;
}

/** Between transactions, every `KEPT_COMMITS` of them. */
export async function forgetCommits(session: Session, nextCommit: number): Promise<void> {
  if (nextCommit % KEPT_COMMITS !== 0) return;
  await session.run(FORGET_COMMITS, [nextCommit - KEPT_COMMITS]);
}

async function rollBack(session: Session): Promise<void> {
  if (!session.isLost()) await session.run(ROLLBACK).catch(() => undefined);
}

function withNew(
  known: ReadonlySet<number>,
  fresh: ReadonlyMap<number, number>,
): ReadonlySet<number> {
  return fresh.size === 0 ? known : new Set([...known, ...fresh.keys()]);
}
