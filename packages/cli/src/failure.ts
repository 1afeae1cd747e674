/**
 * How a command fails: what happened, and one thing that fixes it, under an exit code that scripts
 * can branch on.
 *
 * Errors reach this file from four places: the command itself (`CliError`), the API (a problem with
 * a `code`), the server's and the receiver's own code when a command runs them in this process, and
 * the operating system. They are recognised by their shape, not their class, so that nothing heavy
 * has to be loaded to report that something could not be loaded. Anything else is a defect.
 */
import type { ExitName } from "./exit-codes.ts";

type CliErrorMore = {
  /** A command or a sentence. */
  readonly fix?: string | undefined;
  /** One line each: what exactly is wrong. */
  readonly details?: readonly string[];
};

export class CliError extends Error {
  override readonly name = "CliError";
  readonly exit: ExitName;
  readonly fix: string | undefined;
  readonly details: readonly string[];

  constructor(exit: ExitName, message: string, more: CliErrorMore | string = {}) {
    super(message);
    const { fix, details = [] } = typeof more === "string" ? { fix: more } : more;
    this.exit = exit;
    this.fix = fix;
    this.details = details;
  }
}

export type Failure = {
  readonly exit: ExitName;
  readonly what: string;
  readonly details: readonly string[];
  readonly code?: string | undefined;
  readonly fix?: string | undefined;
  readonly requestId?: string | undefined;
  /** Defects only: for the report. */
  readonly stack?: string | undefined;
};

/** Codes of the server, the client and the receiver that end in something else than 1. */
const EXIT_BY_CODE: Readonly<Record<string, ExitName>> = {
  config_invalid: "data",
  config_unreadable: "data",
  secret_unresolved: "data",
  secret_key_invalid: "data",
  invalid_request: "usage",
  provider_unknown: "usage",
  sample_unknown: "usage",
  unauthorized: "notAuthorised",
  forbidden: "notAuthorised",
  storage_unavailable: "unreachable",
  shutting_down: "unreachable",
  unreachable: "unreachable",
  timeout: "timedOut",
  aborted: "interrupted",
  internal_error: "defect",
};

/** Where the command line knows a better way out than the table of the server or the client. */
const FIX_BY_CODE: Readonly<Record<string, string>> = {
  unreachable: "Start a server with `ringdown dev`, or name another with --server URL.",
  unauthorized: "Set RINGDOWN_TOKEN to a valid API key of this server.",
};

const UNREACHABLE_ERRNO: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EPIPE",
]);

export function describeFailure(error: unknown): Failure {
  if (error instanceof CliError) {
    const { exit, message, fix, details } = error;
    return { exit, what: message, fix, details };
  }
  if (!(error instanceof Error)) return defect(new Error(String(error)));
  const code = textField(error, "code");
  const hint = textField(error, "hint");
  if (hint !== undefined && code !== undefined) return coded(error, code, hint);
  if (isTimeout(error)) return { exit: "timedOut", what: "No answer in time.", details: [] };
  const system = systemCodeOf(error);
  return system === undefined ? defect(error) : systemFailure(error, system);
}

/** RingdownError, WebhookConfigError, ApiError: `code` from a table, and a `hint`. */
function coded(error: Error, code: string, hint: string): Failure {
  // The receiver's codes are all about what it was configured with.
  const byDefault = error.name === "WebhookConfigError" ? "data" : "failed";
  return {
    exit: EXIT_BY_CODE[code] ?? byDefault,
    ...whatAndDetails(error, code),
    code,
    fix: FIX_BY_CODE[code] ?? hint,
    requestId: textField(error, "requestId"),
  };
}

/** A configuration has several problems at once, and its error's message is one line for each. */
function whatAndDetails(error: Error, code: string): Pick<Failure, "what" | "details"> {
  const lines = error.message.split("\n");
  const isList = code === "config_invalid" || code === "secret_unresolved";
  if (!isList || lines.length === 1) return { what: error.message, details: [] };
  return { what: `The configuration has ${String(lines.length)} problems.`, details: lines };
}

function systemFailure(error: Error, code: string): Failure {
  const failure = { what: error.message, details: [] };
  if (UNREACHABLE_ERRNO.has(code)) return { ...failure, exit: "unreachable" };
  if (code === "ENOENT" || code === "EACCES" || code === "EISDIR") {
    return { ...failure, exit: "data", fix: "Check the path and its permissions." };
  }
  return { ...failure, exit: "failed" };
}

function defect(error: Error): Failure {
  return {
    exit: "defect",
    what: error.message,
    details: [],
    fix: "This is a defect in Ringdown; please report it with the lines below.",
    stack: error.stack,
  };
}

function isTimeout(error: Error): boolean {
  const cause = error.cause instanceof Error ? error.cause : error;
  return error.name === "TimeoutError" || cause.name === "TimeoutError";
}

/** `ECONNREFUSED` and the like, of the error or of what caused it: fetch wraps them. */
export function systemCodeOf(error: unknown): string | undefined {
  for (let one = error, depth = 0; one instanceof Error && depth < 4; one = one.cause, depth += 1) {
    const code = textField(one, "code");
    if (code !== undefined && /^E[A-Z0-9]+$/.test(code)) return code;
  }
  return undefined;
}

function textField(error: Error, name: string): string | undefined {
  const value = Reflect.get(error, name) as unknown;
  return typeof value === "string" ? value : undefined;
}
