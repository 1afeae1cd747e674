/**
 * Starts Ringdown for an example, as anybody would: the command, the example's own `ringdown.yaml`, a
 * free port, data in a folder that is removed at the end. Everything the examples do with it goes
 * through the command line, too.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const COMMAND: string = join(import.meta.dirname, "../../packages/cli/bin/ringdown.js");

export type Ringdown = {
  readonly url: string;
  /** Runs a command to its end; resolves with the records it printed. Rejects unless it exits with 0. */
  run(...args: readonly string[]): Promise<readonly Line[]>;
  stop(): Promise<void>;
};

export type Line = Readonly<Record<string, unknown>>;

type Environment = Readonly<Record<string, string>>;

export async function startRingdown(folder: string, environment: Environment): Promise<Ringdown> {
  const data = mkdtempSync(join(tmpdir(), "ringdown-example-"));
  const launch = (args: readonly string[], env: Environment): ChildProcess =>
    spawn(process.execPath, [COMMAND, ...args, "--json"], {
      cwd: folder,
      env: { ...process.env, ...environment, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });

  const server = launch(["dev", "--port", "0", "--data", data], {
    RINGDOWN_LOG_LEVEL: "warn",
  });
  const url = await readyUrl(server);
  return {
    url,
    run: (...args) => runToEnd(launch(args, { RINGDOWN_SERVER: url }), args),
    async stop() {
      server.kill("SIGTERM");
      await once(server, "close");
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** The first record says where it listens; the rest is read so that the pipe never fills. */
async function readyUrl(server: ChildProcess): Promise<string> {
  const lines = linesOf(server);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  lines.on("line", (text) => {
    const line = JSON.parse(text) as Line;
    if (line["type"] === "ready") resolve(String(line["url"]));
  });
  server.once("close", () => reject(new Error("Ringdown ended before it was ready.")));
  return promise;
}

function linesOf(child: ChildProcess): ReturnType<typeof createInterface> {
  if (child.stdout === null) throw new Error("There is no standard output.");
  return createInterface({ input: child.stdout });
}

async function runToEnd(child: ChildProcess, args: readonly string[]): Promise<readonly Line[]> {
  const records: Line[] = [];
  linesOf(child).on("line", (text) => records.push(JSON.parse(text) as Line));
  const [code] = (await once(child, "close")) as [number | null];
  if (code === 0) return records;
  throw new Error(`ringdown ${args.join(" ")} ended with ${code}: ${JSON.stringify(records)}`);
}

const DEADLINE_MS = 60_000;
const LOOK_EVERY_MS = 50;

/** Looks again and again until there is something to return; says what was missing after a minute. */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadlineMs = performance.now() + DEADLINE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadlineMs) throw new Error(`Not within a minute: ${what}.`);
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, LOOK_EVERY_MS);
    await promise;
  }
}
