/**
 * A PostgreSQL server for a test: its own cluster in a folder of its own, on a port that was free a
 * moment ago, as a user without rights if the tests run as root. It can be killed, as a loss of its
 * process would, and started again on the same port; it is removed at the end.
 *
 * fsync is on, as the store demands it, so the folder is in memory where there is room: no test here
 * cuts the power, and the storage contract takes 25 seconds instead of 75 (2026-11, 2 vCPU).
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";

export type PostgresServer = {
  readonly port: number;
  /** As an administrator, on a connection of its own. */
  query(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** `pg_ctl stop -m immediate`: every process ends at once, without writing anything more. */
  kill(): Promise<void>;
  /** After `kill`. Extra settings as `name=value`. */
  startAgain(...settings: readonly string[]): Promise<void>;
  /** Stops it and removes its folder. */
  stop(): Promise<void>;
};

/** Another program may take the port before the server does: then another one is tried. */
const ATTEMPTS = 5;
const READY_WITHIN_MS = 20_000;

export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(placeOfServers(), "ringdown-postgres-"));
  const account = accountOfServer();
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  const initOptions = "--auth=trust --username=postgres --no-sync --encoding=UTF8 --locale=C";
  execFileSync(
    postgresProgram("initdb"),
    ["--pgdata", join(folder, "data"), ...initOptions.split(" ")],
    { cwd: folder, ...account, stdio: "pipe" },
  );
  const state = await startOnFreePort(folder);

  return {
    port: state.port,
    async query(text, values = []) {
      const client = new pg.Client(addressOf(state.port));
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(text, [...values])).rows;
      } finally {
        await client.end();
      }
    },
    kill: () => end(state.child, "SIGQUIT"),
    async startAgain(...settings) {
      state.child = launch(folder, state.port, settings);
      const problem = await whyNotReady(state.child);
      if (problem !== undefined) throw new Error(problem);
    },
    async stop() {
      await end(state.child, "SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A cluster with what the tests write, its log of at most a gigabyte included. */
const ROOM_BYTES = 4 * 1024 ** 3;

function placeOfServers(): string {
  const memory = "/dev/shm";
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize >= ROOM_BYTES ? memory : tmpdir();
}

/** The URL of the only database, through any port that leads there. */
export function postgresUrl(port: number): string {
  return `postgres://postgres:open-sesame@127.0.0.1:${port}/postgres`;
}

function addressOf(port: number): pg.ClientConfig {
  return { host: "127.0.0.1", port, user: "postgres", database: "postgres" };
}

async function startOnFreePort(folder: string): Promise<{ port: number; child: ChildProcess }> {
  let problem: string | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = await freePort();
    const child = launch(folder, port, []);
    problem = await whyNotReady(child);
    if (problem === undefined) return { port, child };
    await end(child, "SIGINT");
  }
  rmSync(folder, { recursive: true, force: true });
  throw new Error(problem);
}

function launch(folder: string, port: number, settings: readonly string[]): ChildProcess {
  const all = ["max_connections=200", "listen_addresses=127.0.0.1", ...settings];
  const options = ["-D", join(folder, "data"), "-p", String(port), "-k", folder];
  return spawn(
    postgresProgram("postgres"),
    [...options, ...all.flatMap((setting) => ["-c", setting])],
    { cwd: folder, ...accountOfServer() },
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** PostgreSQL refuses to run as root: then as an account without rights that every Debian has. */
function accountOfServer(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const ask = (flag: string): number =>
    Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
  return { uid: ask("-u"), gid: ask("-g") };
}

/** `undefined` once the server takes connections, else what it said. */
function whyNotReady(child: ChildProcess): Promise<string | undefined> {
  return new Promise((done) => {
    let said = "";
    const timer = setTimeout(() => finish(`not ready in time: ${said}`), READY_WITHIN_MS);
    const finish = (problem: string | undefined): void => {
      clearTimeout(timer);
      done(problem);
    };
    const listen = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-10_000);
      if (said.includes("ready to accept connections")) finish(undefined);
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    child.on("error", (error) => finish(error.message));
    child.on("exit", () => finish(`ended: ${said}`));
  });
}

async function end(child: ChildProcess, signal: "SIGINT" | "SIGQUIT"): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

/** Debian keeps the programs of each version in a folder of its own; the newest is taken. */
function postgresProgram(name: string): string {
  const versions = "/usr/lib/postgresql";
  const installed = existsSync(versions) ? readdirSync(versions) : [];
  const [newest] = installed.toSorted((one, other) => Number(other) - Number(one));
  return newest === undefined ? name : join(versions, newest, "bin", name);
}
