/**
 * The parts of a kill trial: a gateway that can be killed and started again on the same data, a
 * sender that remembers what was acknowledged, and a destination that remembers what it got.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ENTRY = fileURLToPath(new URL("./gateway-process.ts", import.meta.url));

export type Destination = {
  readonly url: string;
  /** How often each event arrived. */
  readonly arrivals: ReadonlyMap<string, number>;
  /** Requests being answered right now. */
  inFlight(): number;
  close(): Promise<void>;
};

/** Answers after `delayMs`; fails every `failEvery`-th request with 500. */
export async function startDestination(options: {
  delayMs: number;
  failEvery: number;
}): Promise<Destination> {
  const arrivals = new Map<string, number>();
  const state = { inFlight: 0, seen: 0 };
  const server = createServer((httpRequest, httpResponse) => {
    let text = "";
    httpRequest.on("data", (chunk: Buffer) => (text += chunk.toString()));
    httpRequest.on("end", () => {
      state.inFlight += 1;
      state.seen += 1;
      const fails = state.seen % options.failEvery === 0;
      const name = (JSON.parse(text) as { name: string }).name;
      if (!fails) arrivals.set(name, (arrivals.get(name) ?? 0) + 1);
      setTimeout(() => {
        state.inFlight -= 1;
        httpResponse.writeHead(fails ? 500 : 200).end();
      }, options.delayMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    arrivals,
    inFlight: () => state.inFlight,
    close: () => closeServer(server),
  };
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

export type VictimGateway = {
  readonly url: string;
  /** Whether it died at its crash point. */
  readonly died: Promise<void>;
  kill(): Promise<void>;
  stop(): Promise<void>;
};

export type TrialFolder = {
  readonly dir: string;
  start(crashPoint?: string): Promise<VictimGateway>;
  dispose(): void;
};

export function createTrialFolder(destinationUrl: string, concurrency: number): TrialFolder {
  const dir = mkdtempSync(join(tmpdir(), "ringdown-kill-"));
  const config = join(dir, "ringdown.yaml");
  writeFileSync(
    config,
    `version: 1
sources:
  trial: { provider: generic, verify: none, dedupe: { key: body.name, window: 72h } }
destinations:
  target:
    url: ${destinationUrl}
    allowPrivate: true
    concurrency: ${concurrency}
    retry: { schedule: [100ms, 200ms, 400ms, 800ms, 1s, 1s, 1s, 1s, 1s] }
routes:
  all: { from: trial, to: target }
`,
  );
  return {
    dir,
    start: (crashPoint = "") => startGateway([config, join(dir, "data")], crashPoint),
    dispose: () => rmSync(dir, { recursive: true, force: true }),
  };
}

export async function startGateway(
  args: readonly string[],
  crashPoint: string,
): Promise<VictimGateway> {
  const child = spawn(process.execPath, [ENTRY, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, RINGDOWN_CRASH_POINT: crashPoint },
  });
  const died = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.once("exit", (code, signal) =>
      reject(new Error(`the gateway ended with ${code ?? signal}`)),
    );
    createInterface({ input: child.stdout }).once("line", (line) =>
      resolve((JSON.parse(line) as { url: string }).url),
    );
  });
  return { url, died, kill: () => end(child, "SIGKILL"), stop: () => end(child, "SIGTERM") };
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.once("exit", () => resolve());
    child.kill(signal);
  });
}

export type Sender = {
  readonly acknowledged: ReadonlySet<string>;
  readonly sent: ReadonlySet<string>;
  /** Resolves once this many more were acknowledged, or nothing answers any more. */
  sendUntil(count: number): Promise<void>;
};

const SENDERS = 16;

/** Posts events with names of their own; an unanswered one is not sent again. */
export function createSender(urlOf: () => string): Sender {
  const acknowledged = new Set<string>();
  const sent = new Set<string>();
  let next = 1;

  async function sendLoop(agent: Agent, done: () => boolean): Promise<void> {
    while (!done()) {
      const name = `event-${next++}`;
      sent.add(name);
      const answered = await post(`${urlOf()}/in/trial`, JSON.stringify({ name }), agent);
      if (answered === "failed") return;
      if (answered === "acknowledged") acknowledged.add(name);
    }
  }

  return {
    acknowledged,
    sent,
    async sendUntil(count) {
      const goal = acknowledged.size + count;
      const agent = new Agent({ keepAlive: true });
      const loops = Array.from({ length: SENDERS }, () =>
        sendLoop(agent, () => acknowledged.size >= goal),
      );
      await Promise.all(loops);
      agent.destroy();
    },
  };
}

type Answer = "acknowledged" | "refused" | "failed";

function post(url: string, body: string, agent: Agent): Promise<Answer> {
  return new Promise((resolve) => {
    const httpRequest = request(url, { method: "POST", agent }, (answer) => {
      answer.resume();
      answer.once("end", () =>
        resolve((answer.statusCode ?? 500) < 300 ? "acknowledged" : "refused"),
      );
      answer.once("error", () => resolve("failed"));
    });
    httpRequest.once("error", () => resolve("failed"));
    httpRequest.end(body);
  });
}
