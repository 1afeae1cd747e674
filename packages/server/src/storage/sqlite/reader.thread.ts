/**
 * The reader's thread: answers reads over its own connection, each in a short transaction, so that
 * the WAL can always be folded back. It cannot write.
 */
import { parentPort, workerData } from "node:worker_threads";
import { countLedger } from "./ledger.ts";
import { createAttemptReader } from "./read-attempts.ts";
import { createDeliveryReader } from "./read-deliveries.ts";
import { createDocumentReader } from "./documents.ts";
import { createLaneReader } from "./read-lane.ts";
import { createRequestLister, createSegmentReader } from "./read-requests.ts";
import { openReader } from "./open.ts";
import type { ReadAnswer, ReadMessage } from "./protocol.ts";
import type {
  AttemptQuery,
  DeliveryRowQuery,
  DueQuery,
  LaneRead,
  RequestQuery,
} from "../storage.ts";
import type { DeliveryKey } from "../../model/delivery.ts";
import type { StoredRequest } from "../../model/request.ts";

const port = parentPort;
if (port === null) throw new Error("reader.thread.ts runs as a worker thread");

const db = openReader((workerData as { dataDir: string }).dataDir);
const segments = createSegmentReader(db);
const deliveries = createDeliveryReader(db);
const attempts = createAttemptReader(db);

const readLane = createLaneReader(db, segments);

/** A body of its own: a view would take its whole segment along to the other thread. */
function detached(request: StoredRequest): StoredRequest {
  return { ...request, body: new Uint8Array(request.body) };
}

function readRequest(sequence: number): StoredRequest | undefined {
  const request = segments.read(sequence);
  return request === undefined ? undefined : detached(request);
}

/** Every read of the port, by name. */
const READS = {
  readRequest,
  readRequests: (sequences: readonly number[]) =>
    sequences.flatMap((sequence) => readRequest(sequence) ?? []),
  readLane(query: LaneRead) {
    const page = readLane(query);
    return { ...page, requests: page.requests.map(detached) };
  },
  listRequests: createRequestLister(db, segments) as (query: RequestQuery) => unknown,
  readDelivery: (key: DeliveryKey) => deliveries.readDelivery(key),
  readDeliveriesOf: (sequence: number) => deliveries.readDeliveriesOf(sequence),
  readDue: (query: DueQuery) => deliveries.readDue(query),
  readOrderKey: ([destinationNo, orderKey, limit]: readonly [number, string, number]) =>
    deliveries.readOrderKey(destinationNo, orderKey, limit),
  listDeliveryRows: (query: DeliveryRowQuery) => deliveries.listDeliveryRows(query),
  readAttempts: (sequence: number) => attempts.readAttempts(sequence),
  listAttempts: (query: AttemptQuery) => attempts.listAttempts(query),
  ledger: () => countLedger(db),
  listDocuments: createDocumentReader(db),
} as const;

port.on("message", (message: ReadMessage) => {
  port.postMessage(answer(message));
});

function answer(message: ReadMessage): ReadAnswer {
  try {
    const read = READS[message.operation as keyof typeof READS] as (argument: unknown) => unknown;
    return { id: message.id, result: read(message.argument) };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return {
      id: message.id,
      error: { code: "storage_unavailable", message: `${message.operation}: ${text}` },
    };
  }
}
