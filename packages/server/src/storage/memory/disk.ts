/**
 * What a memory store leaves behind: everything that was committed and nothing else. A store that is
 * opened on a disk which another one has used finds what that one had made durable, so restarts and
 * crashes can be tried within one process.
 *
 * One store at a time owns a disk. `crash` takes it away from its owner the way SIGKILL does: what
 * was handed over and not yet committed is gone, and nobody is called back.
 *
 * Faults are switches, so that tests inject them through a real implementation of the port.
 *
 * It deliberately has no index beyond "by event": it is for tests and for trying things out, and a
 * reader should see at a glance that every answer is right.
 */
import { randomInt } from "node:crypto";
import type { AttemptRecord, DeliveryRow, LaneCheckpoint } from "../../model/delivery.ts";
import { LIMITS } from "../../model/ids.ts";
import type { StoredRequest } from "../../model/request.ts";
import type { KeyEntry } from "./dedupe.ts";

export type MemoryDisk = {
  /** While true every commit fails with storage_full, and what it held is lost to the store. */
  full: boolean;
  /** Once true the next commit fails for good (storage_failed), as after a failed fsync. */
  failed: boolean;
  /** The owner dies without a word; the disk can be opened again. */
  crash(): void;
  /** Requests are refused with storage_full from here on (I10); attempts still fit. */
  readonly capacityBytes: number;
  /** The running store, opaque; nothing else may change the contents. */
  owner: object | undefined;
  readonly contents: DiskContents;
};

/** Committed state; for the memory backend alone. */
export type DiskContents = {
  readonly tag: number;
  /** The request with sequence n stands at n - 1. */
  readonly requests: StoredRequest[];
  requestBytes: number;
  /** The newest event of each source and idempotency key. */
  readonly keys: Map<string, KeyEntry>;
  /** The attempt with record number n stands at n - 1. */
  readonly attempts: AttemptRecord[];
  readonly attemptsByEvent: Map<number, AttemptRecord[]>;
  readonly rowsByEvent: Map<number, DeliveryRow[]>;
  readonly lanes: Map<number, LaneCheckpoint>;
  /** JSON text by kind and id. */
  readonly documents: Map<string, Map<string, string>>;
};

const DEFAULT_CAPACITY_BYTES = 1024 * 1024 * 1024;

export type MemoryDiskOptions = {
  /** Default 1 GiB. */
  readonly capacityBytes?: number;
  /** Default: random. */
  readonly tag?: number;
};

export function createMemoryDisk(options: MemoryDiskOptions = {}): MemoryDisk {
  const disk: MemoryDisk = {
    full: false,
    failed: false,
    capacityBytes: options.capacityBytes ?? DEFAULT_CAPACITY_BYTES,
    owner: undefined,
    crash() {
      disk.owner = undefined;
    },
    contents: {
      tag: options.tag ?? randomInt(LIMITS.tag),
      requests: [],
      requestBytes: 0,
      keys: new Map(),
      attempts: [],
      attemptsByEvent: new Map(),
      rowsByEvent: new Map(),
      lanes: new Map(),
      documents: new Map(),
    },
  };
  return disk;
}
