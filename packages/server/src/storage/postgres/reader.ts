/**
 * Reads, over a session of their own that can not write, opened when the first one comes. Statements
 * are answered in the order they were sent; none runs long, because every read is bounded.
 *
 * A read whose connection broke is made once more, as a whole, on a new one: it changed nothing.
 */
import { RingdownError } from "../../errors/ringdown-error.ts";
import { openSession, type Session, type SessionOptions, type Statement } from "./session.ts";
import { toReadError } from "./sql-error.ts";

/** One statement's rows. */
export type Query = <Row extends object>(
  statement: Statement,
  values?: readonly unknown[],
) => Promise<readonly Row[]>;

export type Reader = {
  /** @throws storage_unavailable, storage_busy, storage_corrupt */
  read<Result>(operation: (query: Query) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
};

export function createReader(options: Omit<SessionOptions, "access">): Reader {
  let opening: Promise<Session> | undefined;
  let closed = false;

  async function session(): Promise<Session> {
    const found = await opening?.catch(() => undefined);
    if (found !== undefined && !found.isLost()) return found;
    if (closed) throw new RingdownError("storage_unavailable", "the store is not running");
    opening = openSession({ ...options, access: "read" });
    return opening;
  }

  async function attempt<Result>(
    operation: (query: Query) => Promise<Result>,
  ): Promise<{ readonly result: Result } | { readonly error: unknown; readonly lost: boolean }> {
    let current: Session | undefined;
    try {
      current = await session();
      return { result: await operation(queryOf(current)) };
    } catch (error) {
      return { error, lost: current === undefined || current.isLost() };
    }
  }

  return {
    async read(operation) {
      let outcome = await attempt(operation);
      if ("error" in outcome && outcome.lost && !closed) outcome = await attempt(operation);
      if ("error" in outcome) throw toReadError(outcome.error);
      return outcome.result;
    },
    async close() {
      closed = true;
      const found = await opening?.catch(() => undefined);
      await found?.close();
    },
  };
}

function queryOf(session: Session): Query {
  return async <Row extends object>(statement: Statement, values: readonly unknown[] = []) =>
    (await session.run<Row>(statement, values)).rows;
}
