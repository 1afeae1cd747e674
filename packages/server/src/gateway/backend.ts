/** Chooses the store. The only file besides thread entries that knows a concrete backend. */
import type { ServerOptions } from "../config/options.ts";
import type { RingdownError } from "../errors/ringdown-error.ts";
import { createMemoryStorage } from "../storage/memory/create-storage.ts";
import { createPostgresStorage } from "../storage/postgres/create-storage.ts";
import { createSqliteStorage } from "../storage/sqlite/create-storage.ts";
import type { Storage } from "../storage/storage.ts";
import type { Clock } from "../support/clock.ts";

export type BackendDeps = {
  readonly clock: Clock;
  /** A write failed for good. */
  readonly onFailed: (error: RingdownError) => void;
  readonly crashPoint: string;
};

export function createBackend(deps: BackendDeps, options: ServerOptions): Storage {
  const { clock, onFailed, crashPoint } = deps;
  const { store, storeSchema: schema, dataDir, maxWaitingBytes: waitingBytesLimit } = options;
  switch (store) {
    case "memory":
      return createMemoryStorage({ clock }, { waitingBytesLimit });
    case "sqlite":
      return createSqliteStorage({ clock, onFailed }, { dataDir, waitingBytesLimit, crashPoint });
    default:
      return createPostgresStorage(
        { clock, onFailed },
        { url: store, schema, waitingBytesLimit, crashPoint },
      );
  }
}
