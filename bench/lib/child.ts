/**
 * Child processes of the benchmark: each system under test is one process that says where it
 * listens, is measured from outside through /proc, and is ended by its id.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { AddressInfo, Server } from "node:net";
import { createInterface } from "node:readline";

/** In the child: tells the parent the address. */
export function announce(server: Server): void {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ type: "ready", url: `http://127.0.0.1:${port}` })}\n`);
}

export type Child = {
  readonly pid: number;
  /** From the first JSON line with type "ready". */
  readonly ready: Readonly<Record<string, unknown>> & { readonly url: string };
  /** User and system CPU seconds so far. */
  cpuSeconds(): number;
  rssMb(): number;
  stop(signal?: NodeJS.Signals): Promise<void>;
};

const READY_LIMIT_MS = 30_000;
/** USER_HZ, fixed at 100 on Linux for /proc (man 5 proc). */
const TICKS_PER_SECOND = 100;

export async function startChild(
  command: readonly string[],
  options: { env?: Record<string, string>; cwd?: string } = {},
): Promise<Child> {
  const [file = "", ...args] = command;
  const child = spawn(file, args, {
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "inherit"],
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  });
  const ready = await readReady(child);
  const pid = child.pid ?? 0;
  return {
    pid,
    ready,
    cpuSeconds: () => cpuSecondsOf(pid),
    rssMb: () => statusKb(pid, "VmRSS") / 1024,
    stop: (signal = "SIGTERM") =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) {
          resolve();
          return;
        }
        child.once("exit", () => resolve());
        child.kill(signal);
      }),
  };
}

function readReady(child: ChildProcess): Promise<Child["ready"]> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error("the system under test did not become ready")),
      READY_LIMIT_MS,
    );
    child.once("exit", (code) => reject(new Error(`the system under test ended with ${code}`)));
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (!line.startsWith('{"type":"ready"')) return;
      clearTimeout(timer);
      resolve(JSON.parse(line) as Child["ready"]);
    });
  });
}

export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function statusKb(pid: number, key: string): number {
  const line = readFileSync(`/proc/${pid}/status`, "utf8")
    .split("\n")
    .find((each) => each.startsWith(key));
  return Number(line?.replace(/\D+/g, " ").trim() ?? 0);
}
