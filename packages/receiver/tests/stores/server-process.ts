/**
 * Starts a database server for a test: in a folder of its own, on a port that was free a moment ago,
 * as a user without rights if the tests run as root, and stopped at the end.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type TestServer = {
  readonly port: number;
  readonly stop: () => Promise<void>;
};

/** Another program may take the port before the server does: then another one is tried. */
const ATTEMPTS = 5;

const READY_WITHIN_MS = 20_000;

type Recipe = {
  /** Run to its end first. */
  readonly prepare?: (folder: string) => readonly string[];
  readonly command: (folder: string, port: number) => readonly string[];
  /** What the server writes when it takes connections. */
  readonly ready: RegExp;
};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

type Account = { readonly uid: number; readonly gid: number };

/** PostgreSQL refuses to run as root: then as an account without rights that every Debian has. */
function accountOfServer(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const ask = (flag: string): number =>
    Number(spawnSync("id", [flag, "nobody"], { encoding: "utf8" }).stdout);
  return { uid: ask("-u"), gid: ask("-g") };
}

/** `undefined` once the server takes connections, else what it said. */
function whyNotReady(child: ChildProcess, ready: RegExp): Promise<string | undefined> {
  return new Promise((done) => {
    let said = "";
    const timer = setTimeout(() => finish(`not ready in time: ${said}`), READY_WITHIN_MS);
    const finish = (problem: string | undefined): void => {
      clearTimeout(timer);
      done(problem);
    };
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      if (ready.test(said)) finish(undefined);
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    child.on("error", (error) => finish(error.message));
    child.on("exit", () => finish(`ended: ${said}`));
  });
}

async function start(recipe: Recipe): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), "ringdown-store-"));
  const account = accountOfServer();
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  const options = { cwd: folder, ...account };
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });

  const [preparing, ...args] = recipe.prepare?.(folder) ?? [];
  if (preparing !== undefined) execFileSync(preparing, args, { ...options, stdio: "pipe" });
  let problem: string | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = await freePort();
    const [program = "", ...words] = recipe.command(folder, port);
    const child = spawn(program, words, options);
    problem = await whyNotReady(child, recipe.ready);
    if (problem === undefined) {
      return {
        port,
        stop: async () => {
          await stop(child);
          removeFolder();
        },
      };
    }
    await stop(child);
  }
  removeFolder();
  throw new Error(problem);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGINT"); // PostgreSQL: without waiting for its clients.
  await ended;
}

/** Debian keeps the programs of each version in a folder of its own; the newest is taken. */
function postgresProgram(name: string): string {
  const versions = "/usr/lib/postgresql";
  const installed = existsSync(versions) ? readdirSync(versions) : [];
  const [newest] = installed.toSorted((one, other) => Number(other) - Number(one));
  return newest === undefined ? name : join(versions, newest, "bin", name);
}

/** Trusts everybody who reaches its port on loopback; user and database are "postgres". */
export function startPostgres(): Promise<TestServer> {
  return start({
    prepare: (folder) => {
      const options = "--auth=trust --username=postgres --no-sync --encoding=UTF8".split(" ");
      return [postgresProgram("initdb"), "--pgdata", join(folder, "data"), ...options];
    },
    command: (folder, port) => {
      const options = ["-p", String(port), "-h", "127.0.0.1", "-k", folder, "-c", "fsync=off"];
      return [postgresProgram("postgres"), "-D", join(folder, "data"), ...options];
    },
    ready: /ready to accept connections/,
  });
}

export function startRedis(): Promise<TestServer> {
  return start({
    command: (folder, port) => {
      const options = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder];
      return ["redis-server", ...options, "--save", "", "--appendonly", "no"];
    },
    ready: /Ready to accept connections/,
  });
}
