/**
 * What went wrong in PostgreSQL, in the codes of errors/table.ts, judged by SQLSTATE
 * (postgresql.org/docs/current/errcodes-appendix.html).
 *
 * Messages are the server's primary text only: no statement, no parameter, no connection settings, so
 * no password and no body can be in one (I8). The driver's error object is not kept as a cause either.
 */
import { AssertionError } from "node:assert/strict";
import type { ErrorCode } from "../../errors/table.ts";
import { isRingdownError, RingdownError } from "../../errors/ringdown-error.ts";

/** By whole code, then by its class (the first two letters). */
const CODES: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>([
  ["53100", "storage_full"],
  ["53", "storage_busy"],
  ["55P03", "storage_busy"],
  ["57014", "storage_busy"],
  ["40", "storage_busy"],
  ["08", "storage_unavailable"],
  ["25006", "storage_unavailable"],
  ["57", "storage_unavailable"],
  ["XX001", "storage_corrupt"],
  ["XX002", "storage_corrupt"],
]);

/** An error of the statement: the session lives on, and the server has said what became of it. */
export function isStatementError(error: unknown): boolean {
  return sqlStateOf(error) !== "" && (error as { severity?: unknown }).severity === "ERROR";
}

/** Five letters, or "" for an error of the socket or the driver. */
export function sqlStateOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  // Only what the server sent has a severity; a socket's error has a code as well (ECONNRESET).
  if (!("severity" in error) || !("code" in error)) return "";
  return typeof error.code === "string" && error.code.length === 5 ? error.code : "";
}

/** What a failed write means to whoever asked for it. */
export function toStorageError(error: unknown): RingdownError {
  if (isRingdownError(error)) return error;
  const state = sqlStateOf(error);
  const known = CODES.get(state) ?? CODES.get(state.slice(0, 2));
  if (known !== undefined) return new RingdownError(known, textOf(error));
  if (isStatementError(error)) return new RingdownError("storage_failed", textOf(error));
  // A broken invariant of ours, not of the network.
  if (error instanceof AssertionError) return new RingdownError("storage_failed", error.message);
  return new RingdownError("storage_unavailable", textOf(error));
}

/** A read that fails never makes the store fail: it is repeated or told to its caller. */
export function toReadError(error: unknown): RingdownError {
  const known = toStorageError(error);
  return known.code === "storage_failed"
    ? new RingdownError("storage_unavailable", known.message)
    : known;
}

function textOf(error: unknown): string {
  const state = sqlStateOf(error);
  const text = error instanceof Error ? withoutSecrets(error) : "unknown error";
  return state === "" ? `PostgreSQL does not answer (${text})` : `PostgreSQL: ${text} (${state})`;
}

/** An error about the URL itself carries the URL. */
function withoutSecrets(error: Error): string {
  if ("code" in error && error.code === "ERR_INVALID_URL") return "the URL is not valid";
  return error.message === "" ? error.name : error.message;
}
