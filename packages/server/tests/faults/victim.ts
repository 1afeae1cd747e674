/** Runs storage-process.ts, collects what it acknowledged, and looks afterwards what is really there. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createSqliteStorage } from "../../src/storage/sqlite/create-storage.ts";
import { systemClock } from "../../src/support/clock.ts";

export type Flaw = "sound" | "normal" | "early";

export type Victim = {
  readonly acknowledged: ReadonlySet<string>;
  /** Resolves once this many were acknowledged. */
  until(count: number): Promise<void>;
  /** SIGSTOP: from now on it does nothing more. */
  freeze(): void;
  /** SIGKILL; resolves when the process is gone and its output is read to the end. */
  kill(): Promise<void>;
};

const ENTRY = fileURLToPath(new URL("./storage-process.ts", import.meta.url));

export function startVictim(dataDir: string, flaw: Flaw = "sound"): Victim {
  const child = spawn(process.execPath, [ENTRY, dataDir, flaw], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const acknowledged = new Set<string>();
  let rest = "";
  let waiting: { count: number; resolve: () => void } | undefined;
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) acknowledged.add(line);
    if (waiting !== undefined && acknowledged.size >= waiting.count) waiting.resolve();
  });
  return {
    acknowledged,
    until: (count) =>
      new Promise((resolve, reject) => {
        waiting = { count, resolve };
        child.once("exit", (code) => reject(new Error(`the store's process ended with ${code}`)));
      }),
    freeze: () => void child.kill("SIGSTOP"),
    kill: () => killed(child),
  };
}

function killed(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.once("close", () => resolve());
    child.kill("SIGKILL");
  });
}

export type Survivors = {
  readonly names: ReadonlySet<string>;
  readonly problems: readonly string[];
};

/** Opens the folder anew and reads everything that is in it. */
export async function readSurvivors(dataDir: string): Promise<Survivors> {
  const storage = createSqliteStorage({ clock: systemClock }, { dataDir });
  await storage.start();
  try {
    const names = new Set<string>();
    let after: number | undefined = 0;
    while (after !== undefined) {
      const page = await storage.listRequests({
        ascending: true,
        afterSequence: after,
        limit: 500,
      });
      for (const request of page.requests) names.add(request.idempotencyKey);
      after = page.nextSequence;
    }
    const { problems } = await storage.ledger();
    return { names, problems };
  } finally {
    await storage.stop();
  }
}
