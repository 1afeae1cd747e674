/**
 * Stores batches of requests inside the writer's open transaction: keys first, because they decide what
 * is a duplicate, then one row per batch, exactly as it was encoded. An identical duplicate is kept
 * without its body, which is the original's.
 *
 * Sequences are given here, ascending in commit order: one session writes, one transaction at a time,
 * and only it holds the store's lock (open.ts). What is not committed gives its sequences back.
 */
import { hash } from "node:crypto";
import { type EncodedHead, readHead, readTargets } from "../codec.ts";
import { ACCEPTED, DUPLICATE, encodeIndex, type IndexEntry } from "../segment-index.ts";
import { decideKeys, fingerprintOf, type Keyed, type Repetition, replaceKeys } from "./dedupe.ts";
import { NODE_NO } from "./schema.ts";
import type { Session } from "./session.ts";

/** A batch as it was encoded. */
export type EncodedBatch = { readonly bytes: Buffer; readonly count: number };

export type AppendedBatch = {
  readonly firstSequence: number;
  readonly count: number;
  /** By sequence. */
  readonly repetitions: ReadonlyMap<number, Repetition>;
};

/** What a transaction's requests come to, before they are written. */
export type PreparedAppend = {
  readonly appended: readonly AppendedBatch[];
  readonly nextSequence: number;
  readonly keyCount: number;
  readonly newestReceivedAtMs: number;
  /** Destinations named for the first time, with the sequence that names them. */
  readonly firstNamed: ReadonlyMap<number, number>;
  /** Sends everything; the promises are answered in order. */
  send(session: Session): readonly Promise<unknown>[];
};

type ParsedBatch = EncodedBatch & {
  readonly firstSequence: number;
  readonly heads: readonly EncodedHead[];
};

const INSERT_SEGMENT = {
  name: "append-segment",
  text: `INSERT INTO segments (first_sequence, count, node_no, entries, data)
    VALUES ($1, $2, ${NODE_NO}, $3, $4)`,
};

const INSERT_LANES = {
  name: "append-lanes",
  text: `INSERT INTO lanes (destination_no, node_no, cursor, settled)
    SELECT destination_no, ${NODE_NO}, cursor, '[]'
    FROM unnest($1::int8[], $2::int8[]) AS fresh (destination_no, cursor)
    ON CONFLICT DO NOTHING`,
};

export type AppendState = {
  readonly nextSequence: number;
  /** Destinations that have a lane row. */
  readonly knownDestinations: ReadonlySet<number>;
};

/** Inside the open transaction: decides, and makes ready what is to be written. */
export async function prepareAppend(
  session: Session,
  batches: readonly EncodedBatch[],
  state: AppendState,
): Promise<PreparedAppend> {
  const parsed = parseBatches(batches, state.nextSequence);
  const keyed = parsed.flatMap(keyedRequests);
  const { repetitions, replaced } = await decideKeys(session, keyed);
  const firstNamed = new Map<number, number>();
  const segments = parsed.map((batch) => {
    const entries = batch.heads.map((head, position) =>
      indexEntry(batch.bytes, head, repetitions.get(batch.firstSequence + position)),
    );
    entries.forEach((entry, position) => {
      if (entry.outcome !== ACCEPTED) return;
      for (const destinationNo of entry.destinations) {
        if (state.knownDestinations.has(destinationNo) || firstNamed.has(destinationNo)) continue;
        firstNamed.set(destinationNo, batch.firstSequence + position);
      }
    });
    const index = encodeIndex(batch.firstSequence, entries);
    return [batch.firstSequence, batch.count, index, withoutRepeatedBodies(batch, repetitions)];
  });

  return {
    appended: parsed.map(({ firstSequence, count }) => ({ firstSequence, count, repetitions })),
    nextSequence: parsed.reduce((next, batch) => next + batch.count, state.nextSequence),
    keyCount: keyed.length,
    newestReceivedAtMs: keyed.reduce((newest, each) => Math.max(newest, each.receivedAtMs), 0),
    firstNamed,
    send(target) {
      const sent: Promise<unknown>[] = segments.map((values) => target.run(INSERT_SEGMENT, values));
      if (replaced.length > 0) sent.push(replaceKeys(target, replaced));
      if (firstNamed.size > 0) {
        const cursors = [...firstNamed.values()].map((sequence) => sequence - 1);
        sent.push(target.run(INSERT_LANES, [[...firstNamed.keys()], cursors]));
      }
      return sent;
    },
  };
}

function parseBatches(batches: readonly EncodedBatch[], nextSequence: number): ParsedBatch[] {
  let firstSequence = nextSequence;
  return batches.map((batch) => {
    const heads: EncodedHead[] = [];
    for (let at = 0; heads.length < batch.count; at = heads.at(-1)?.end ?? at)
      heads.push(readHead(batch.bytes, at));
    const parsed = { ...batch, firstSequence, heads };
    firstSequence += batch.count;
    return parsed;
  });
}

function keyedRequests({ bytes, firstSequence, heads }: ParsedBatch): Keyed[] {
  return heads.flatMap((head, position) => {
    const key = bytes.subarray(head.keyStart, head.metaStart);
    if (key.length === 0 || head.dedupeWindowS === 0 || head.outcome !== ACCEPTED) return [];
    return {
      fingerprint: fingerprintOf(head.sourceNo, key),
      sequence: firstSequence + position,
      receivedAtMs: head.receivedAtMs,
      expiresAtMs: head.receivedAtMs + head.dedupeWindowS * 1000,
      bodyHash: hash("sha256", bytes.subarray(head.bodyStart, head.end), "buffer"),
    };
  });
}

function indexEntry(
  bytes: Buffer,
  head: EncodedHead,
  repetition: Repetition | undefined,
): IndexEntry {
  const destinations = readTargets(bytes, head).map((target) => target.destinationNo);
  if (repetition === undefined)
    return { outcome: head.outcome, sourceNo: head.sourceNo, destinations };
  return {
    outcome: DUPLICATE,
    sourceNo: head.sourceNo,
    destinations,
    duplicateOf: repetition.original,
    ...(repetition.conflict && { conflict: true as const }),
  };
}

/** The batch's bytes; copied only if there is a body to leave out. */
function withoutRepeatedBodies(
  { bytes, firstSequence, heads }: ParsedBatch,
  repetitions: ReadonlyMap<number, Repetition>,
): Buffer {
  const isRepeated = (position: number): boolean =>
    repetitions.get(firstSequence + position)?.conflict === false;
  if (!heads.some((_, position) => isRepeated(position))) return bytes;
  const pieces = heads.map((head, position) => {
    const end = isRepeated(position) ? head.bodyStart : head.end;
    const piece = Buffer.from(bytes.subarray(head.offset, end));
    if (isRepeated(position)) piece.writeUInt32LE(0, 4);
    return piece;
  });
  return Buffer.concat(pieces);
}
