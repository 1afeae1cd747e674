/**
 * The storage port: what every backend must do, in the words of the domain.
 *
 * Two kinds of work meet here. *Journal* work is appended and batched: requests, attempts, the few
 * deliveries that are remarkable. *Documents* are small, rare and read at start: configuration,
 * keys, replays, the state of destinations.
 *
 * Durability (I1): when `append` calls back, `record` or `putDocuments` resolves, what was passed
 * survives a kill, a crash of the operating system and a power loss. Each call is atomic: all of it
 * or nothing.
 *
 * Order: requests get ascending sequences in the order of `append`; a sequence, once given, never
 * names anything else. A gap may remain after a failed append.
 *
 * De-duplication (durable, decided in commit order): the first accepted request with a source and
 * key is the event; later ones within the window are stored as duplicates and not delivered.
 *
 * The contract suite in tests/contract/storage/ is the exact meaning of every method; each backend
 * runs all of it.
 */
import type {
  AttemptRecord,
  DeliveryKey,
  DeliveryRow,
  DeliveryState,
  LaneCheckpoint,
} from "../model/delivery.ts";
import type { NewRequest, RequestOutcome, StoredRequest } from "../model/request.ts";
import type { RingdownError } from "../errors/ringdown-error.ts";

/**
 * What became of an appended request, called back once. Requests that were taken are called back in
 * the order of the appends; one that was refused at once may be called back earlier.
 */
export type AppendResult =
  | { readonly kind: "stored"; readonly sequence: number }
  | {
      readonly kind: "duplicate";
      readonly sequence: number;
      /** Sequence and time of the event that has this key. */
      readonly original: number;
      readonly originalReceivedAtMs: number;
      /** The bodies differ. */
      readonly conflict: boolean;
    }
  | { readonly kind: "failed"; readonly error: RingdownError };

/** Applied together or not at all. */
export type DeliveryChanges = {
  readonly attempts: readonly AttemptRecord[];
  /** Inserted, or replaced as a whole. */
  readonly deliveries: readonly DeliveryRow[];
  /** Complete for every lane that moved since the last time any were saved. */
  readonly lanes?: readonly LaneCheckpoint[];
};

/** Small named state; `document` is plain JSON. */
export type StoredDocument = {
  readonly kind: string;
  readonly id: string;
  readonly document: unknown;
};

export type DocumentChange =
  | { readonly put: StoredDocument }
  | { readonly remove: { readonly kind: string; readonly id: string } };

export type StorageHealth = {
  /**
   * full: refuses appends until there is space. unavailable: refuses everything until its database
   * answers again. failed: a write failed for good; the process must end.
   */
  readonly state: "ok" | "full" | "unavailable" | "failed";
  /** Requests handed over and not yet durable. */
  readonly waitingCount: number;
  readonly waitingBytes: number;
  readonly lastCommitMs: number;
};

export type LaneRead = {
  readonly destinationNo: number;
  /** Exclusive. */
  readonly afterSequence: number;
  readonly limit: number;
  /** Stops after the request that reaches it; at least one is returned. */
  readonly maxBytes: number;
};

export type LanePage = {
  /** Accepted requests that name the destination as a target, ascending. */
  readonly requests: readonly StoredRequest[];
  /** Everything up to here has been looked at: the next read starts after it. */
  readonly upToSequence: number;
  /** Nothing durable lies beyond `upToSequence`. */
  readonly atEnd: boolean;
};

export type RequestQuery = {
  /** Exclusive upper bound: pages run from new to old. Absent: from the newest. */
  readonly beforeSequence?: number;
  /** Exclusive lower bound. */
  readonly afterSequence?: number;
  readonly limit: number;
  /** Old to new instead. */
  readonly ascending?: true;
  readonly sourceNo?: number;
  readonly outcomes?: readonly RequestOutcome[];
  readonly eventType?: string;
  readonly idempotencyKey?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Only accepted requests with no target. */
  readonly unmatched?: true;
  readonly destinationNo?: number;
};

/** A request without its body: what lists show. */
export type RequestSummary = Omit<StoredRequest, "body"> & { readonly bodyBytes: number };

export type RequestPage = {
  readonly requests: readonly RequestSummary[];
  /**
   * Where to go on, also when the page is not full: a page looks at a bounded number of records.
   * Absent: nothing further exists.
   */
  readonly nextSequence?: number;
};

export type DeliveryRowQuery = {
  readonly destinationNo?: number;
  readonly states?: readonly DeliveryState[];
  readonly replayId?: string;
  /** Exclusive upper bound (newest first): the key of the last row of the previous page. */
  readonly before?: DeliveryKey;
  readonly limit: number;
};

export type DueQuery = {
  readonly destinationNo: number;
  readonly dueBeforeMs: number;
  readonly limit: number;
};

/** I2: what was accepted and what became of it, counted from the journal itself. */
export type Ledger = {
  readonly requests: Readonly<Record<RequestOutcome, number>>;
  /** Accepted events that name no destination. */
  readonly unmatched: number;
  /** Deliveries owed by the targets of accepted events, plus replays. */
  readonly owed: number;
  readonly delivered: number;
  readonly dead: number;
  readonly cancelled: number;
  /** Waiting for a first attempt or a retry; held ones included. */
  readonly pending: number;
  readonly pendingByDestination: ReadonlyMap<number, number>;
  /** Structural problems found; empty when sound. */
  readonly problems: readonly string[];
};

/** What the delivery engine needs to go on after a restart. */
export type LaneRecovery = LaneCheckpoint & {
  /** The earliest due time among its pending rows. */
  readonly nextDueAtMs?: number;
  /** Order keys with a pending row, each blocking what comes after. */
  readonly blockedKeys: readonly string[];
};

export type StorageRecovery = {
  /** Random, made with the store; part of every request id. */
  readonly tag: number;
  /** The newest durable sequence; 0 when empty. */
  readonly lastSequence: number;
  /** Every destination that ever had work, in no order. */
  readonly lanes: readonly LaneRecovery[];
};

export interface Storage {
  readonly kind: "memory" | "sqlite" | "postgres";

  /** @throws storage_locked, schema_mismatch, storage_corrupt, storage_unavailable */
  start(): Promise<StorageRecovery>;
  /** Finishes what was handed over, then lets go of files and threads. Idempotent. */
  stop(): Promise<void>;
  health(): StorageHealth;

  append(request: NewRequest, done: (result: AppendResult) => void): void;
  /** @throws storage_full, storage_failed, storage_unavailable */
  record(changes: DeliveryChanges): Promise<void>;

  readRequest(sequence: number): Promise<StoredRequest | undefined>;
  /** In the order asked for; what does not exist is left out. */
  readRequests(sequences: readonly number[]): Promise<readonly StoredRequest[]>;
  readLane(query: LaneRead): Promise<LanePage>;
  listRequests(query: RequestQuery): Promise<RequestPage>;

  readDelivery(key: DeliveryKey): Promise<DeliveryRow | undefined>;
  /** Every row of one event, all destinations and ordinals. */
  readDeliveriesOf(sequence: number): Promise<readonly DeliveryRow[]>;
  /** Pending rows with a due time before the given one, earliest first. */
  readDue(query: DueQuery): Promise<readonly DeliveryRow[]>;
  /** Pending rows of the destination with this order key, oldest event first. */
  readOrderKey(
    destinationNo: number,
    orderKey: string,
    limit: number,
  ): Promise<readonly DeliveryRow[]>;
  listDeliveryRows(query: DeliveryRowQuery): Promise<readonly DeliveryRow[]>;
  /** All attempts made for the event, oldest first. */
  readAttempts(sequence: number): Promise<readonly AttemptRecord[]>;
  /** Attempts recorded after the given record number, oldest first, with theirs. For the live stream and lists. */
  listAttempts(query: AttemptQuery): Promise<AttemptPage>;

  /** Counts everything; cost grows with what is stored. */
  ledger(): Promise<Ledger>;

  putDocuments(changes: readonly DocumentChange[]): Promise<void>;
  listDocuments(kind: string): Promise<readonly StoredDocument[]>;
}

export type AttemptQuery = {
  /** Exclusive; pages run from new to old unless `ascending`. */
  readonly fromRecord?: number;
  readonly ascending?: true;
  readonly limit: number;
  readonly destinationNo?: number;
  readonly outcome?: AttemptRecord["outcome"];
};

export type AttemptPage = {
  readonly attempts: readonly { readonly record: number; readonly attempt: AttemptRecord }[];
  /** Where to go on; absent at the end. */
  readonly nextRecord?: number;
};
