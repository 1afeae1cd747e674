/**
 * One connection to PostgreSQL, as this store uses it: statements are sent at once and answered in
 * order (the driver's pipeline mode), and a connection that broke is never used again.
 *
 * Every wait has a limit (I10): to connect, for one statement on the server, for its answer here (a
 * server that is gone without a word), and keep-alive probes in both directions for idle connections.
 *
 * The driver is loaded when the first session is opened, so that other stores do without it.
 */
import { Socket } from "node:net";
import type { Client, QueryResultRow } from "pg";
import type { Secret } from "./target.ts";

/** To have a socket, TLS and a login. */
const CONNECT_LIMIT_MS = 10_000;
/** On the server, for one statement; a reader that counts everything is given longer. */
const STATEMENT_LIMIT_MS = 30_000;
/** For the answer; longer than the server's limit, so that the server's own error comes first. */
const ANSWER_GRACE_MS = 5_000;
/** Silence after which either side asks whether the other is still there. */
const KEEP_ALIVE_MS = 10_000;
/** Unanswered probes, a keep-alive period apart, after which the server ends a session. */
const KEEP_ALIVE_PROBES = 3;
/** For orderly goodbyes; then the socket is closed. */
const CLOSE_LIMIT_MS = 2_000;
/** How long the server keeps a transaction whose client has gone silent. */
const IDLE_TRANSACTION_LIMIT_MS = 30_000;

export type Statement = { readonly name: string; readonly text: string };

export type Answer<Row> = {
  readonly rows: readonly Row[];
  readonly rowCount: number;
  /** The command's tag: INSERT, COMMIT, ROLLBACK … */
  readonly command: string;
};

export type Session = {
  readonly isLost: () => boolean;
  /** Sent at once, prepared under its name at first use. @throws what the driver throws */
  run<Row extends object>(statement: Statement, values?: readonly unknown[]): Promise<Answer<Row>>;
  /** A text of several commands, not prepared. */
  script(text: string): Promise<void>;
  /** Idempotent; everything still unanswered fails. */
  close(): Promise<void>;
};

export type SessionOptions = {
  readonly url: Secret;
  readonly schema: string;
  /** Shown in pg_stat_activity, and how a store knows its own sessions. */
  readonly applicationName: string;
  readonly access: "write" | "read";
  /** Default: `STATEMENT_LIMIT_MS`. */
  readonly statementLimitMs?: number;
};

/** `onLost` is called once when the connection ends, however it does. */
export async function openSession(
  options: SessionOptions,
  onLost: () => void = () => undefined,
): Promise<Session> {
  const { default: pg } = await import("pg");
  const limitMs = options.statementLimitMs ?? STATEMENT_LIMIT_MS;
  const socket = new Socket();
  const client = new pg.Client({
    stream: () => socket,
    connectionString: options.url.reveal(),
    application_name: options.applicationName,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    query_timeout: limitMs + ANSWER_GRACE_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    pipeline: true,
    types: { getTypeParser: parserOf as never },
  });
  const session = wrap({ client, socket }, onLost);
  try {
    await client.connect();
    await session.script(settingsOf(options, limitMs));
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

type Wire = { readonly client: Client; readonly socket: Socket };

function wrap({ client, socket }: Wire, onLost: () => void): Session {
  const state = { lost: false };
  let closed: Promise<void> | undefined;

  function lose(): void {
    if (state.lost) return;
    state.lost = true;
    onLost();
  }
  // Both may come, in either order; without a listener an "error" would end the process.
  client.on("error", lose);
  client.on("end", lose);

  return {
    isLost: () => state.lost,
    async run<Row extends object>(statement: Statement, values: readonly unknown[] = []) {
      const result = await client.query<Row & QueryResultRow>({
        ...statement,
        values: values as unknown[],
      });
      return { rows: result.rows, rowCount: result.rowCount ?? 0, command: result.command };
    },
    async script(text) {
      await client.query(text);
    },
    close: () => (closed ??= close(client, socket)),
  };
}

/** In order if the server answers in time, else at once; the driver alone would wait for ever. */
async function close(client: Client, socket: Socket): Promise<void> {
  socket.setTimeout(CLOSE_LIMIT_MS, () => socket.destroy());
  await client.end().catch(() => undefined);
  socket.destroy();
}

/** What every session is given, whatever the server, the database or the account say (I1). */
function settingsOf({ schema, access }: SessionOptions, limitMs: number): string {
  return `
    SET synchronous_commit = on;
    SET search_path = "${schema}";
    SET statement_timeout = ${limitMs};
    SET idle_in_transaction_session_timeout = ${IDLE_TRANSACTION_LIMIT_MS};
    SET tcp_keepalives_idle = ${KEEP_ALIVE_MS / 1000};
    SET tcp_keepalives_interval = ${KEEP_ALIVE_MS / 1000};
    SET tcp_keepalives_count = ${KEEP_ALIVE_PROBES};
    SET client_encoding = 'UTF8';
    SET bytea_output = 'hex';
    SET default_transaction_isolation = 'read committed';
    SET default_transaction_read_only = ${access === "read" ? "on" : "off"}`;
}

const BOOLEAN = 16;
const BYTEA = 17;
/** int8, int2, int4, float8: every number of this store is exact in a double. */
const NUMBERS: ReadonlySet<number> = new Set([20, 21, 23, 701]);

function parserOf(oid: number): (text: string) => unknown {
  if (NUMBERS.has(oid)) return Number;
  if (oid === BYTEA) return (text) => Buffer.from(text.slice(2), "hex");
  if (oid === BOOLEAN) return (text) => text === "t";
  return (text) => text;
}
