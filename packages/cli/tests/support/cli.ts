/**
 * Runs the command as people and scripts do: a child process, piped or under a pseudo terminal.
 * Asserts on what they would see.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

const MAIN: string = join(import.meta.dirname, "../../src/main.ts");

export type CallOptions = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Written to standard input, which then ends. */
  readonly input?: string | Uint8Array;
};

export type CallResult = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** The environment of this process, without what would change the command's behaviour. */
function environment(more: CallOptions["env"] = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:RINGDOWN_|NO_COLOR$|FORCE_COLOR$|PORT$|NODE_)/.test(name),
  );
  return { ...Object.fromEntries(inherited), TERM: "xterm", ...more };
}

/** Piped, as in a script. */
export async function call(
  args: readonly string[],
  options: CallOptions = {},
): Promise<CallResult> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: options.cwd,
    env: environment(options.env),
    stdio: "pipe",
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  const [stdout, stderr, [code]] = await Promise.all([
    readAll(child.stdout),
    readAll(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}

/** The records on standard output. */
export function records(stdout: string): readonly Record<string, unknown>[] {
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** A command under a pseudo terminal, that can be typed to. */
export type TerminalSession = {
  /** What is on the screen so far, without colours. */
  screen(): string;
  /** Every byte that was sent to the terminal. */
  raw(): string;
  /** Resolves once the screen has the text. */
  shows(text: string | RegExp): Promise<string>;
  type(keys: string): void;
  /** Resolves with the exit code. */
  ended(): Promise<number | null>;
};

export const CTRL_C = "\u0003";

/**
 * `script` (util-linux) gives the command a terminal of its own. `exec`, because Ctrl-C reaches every
 * process of the terminal: a shell that stays between (dash does, bash does not) would die of it and
 * hide the exit code of the command.
 */
export function openTerminal(args: readonly string[], options: CallOptions = {}): TerminalSession {
  const command = [process.execPath, MAIN, ...args].map(quoted).join(" ");
  const child = spawn("script", ["-qefc", `exec ${command}`, "/dev/null"], {
    cwd: options.cwd,
    env: environment(options.env),
    stdio: "pipe",
  });
  const output = follow(child);
  if (options.input !== undefined) child.stdin.write(options.input);
  return {
    screen: output.text,
    raw: output.raw,
    shows: output.waitFor,
    type: (keys) => void child.stdin.write(keys),
    ended: output.ended,
  };
}

/** Under a terminal, to its end. */
export async function callInTerminal(
  args: readonly string[],
  options: CallOptions = {},
): Promise<{ readonly code: number | null; readonly screen: string }> {
  const terminal = openTerminal(args, options);
  const code = await terminal.ended();
  return { code, screen: terminal.screen() };
}

export type RunningGateway = {
  readonly url: string;
  readonly ready: Record<string, unknown>;
  /** URL of a source. */
  readonly sourceUrl: (name: string) => string;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves once the output, with everything said, has the text. */
  shows(text: string | RegExp): Promise<string>;
  /** Ends it by a signal; resolves with the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
};

/** `dev` or `serve`, piped, on a free port; resolves when its first record says that it is ready. */
export async function startGateway(
  command: "dev" | "serve",
  options: CallOptions & { readonly args?: readonly string[] },
): Promise<RunningGateway> {
  const { args = ["--port", "0"] } = options;
  const child = spawn(process.execPath, [MAIN, command, ...args], {
    cwd: options.cwd,
    env: environment(options.env),
    stdio: "pipe",
  });
  const output = follow(child);
  const text = await output.waitFor(/\{"type":"ready".*\}\n/);
  const ready = JSON.parse(/\{"type":"ready".*\}/.exec(text)![0]) as Record<string, unknown> & {
    readonly url: string;
    readonly sources: readonly { readonly name: string; readonly url: string }[];
  };
  return {
    url: ready.url,
    ready,
    sourceUrl: (name) => ready.sources.find((source) => source.name === name)!.url,
    stdout: output.stdout,
    stderr: output.stderr,
    shows: output.waitFor,
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      return output.ended();
    },
  };
}

type Followed = {
  text(): string;
  /** With colours and all. */
  raw(): string;
  stdout(): string;
  stderr(): string;
  waitFor(wanted: string | RegExp): Promise<string>;
  ended(): Promise<number | null>;
};

const DEADLINE_MS = 30_000;

/** Collects what a child says, and wakes whoever waits for some of it. */
function follow(child: ChildProcess): Followed {
  const said = { stdout: "", stderr: "", all: "", raw: "" };
  const waiting = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name]!.setEncoding("utf8").on("data", (chunk: string) => {
      const clean = stripVTControlCharacters(chunk).replaceAll("\r\n", "\n");
      said[name] += clean;
      said.all += clean;
      said.raw += chunk;
      for (const look of waiting) look();
    });
  }
  const ended = once(child, "close") as Promise<[number | null]>;
  void ended.then(() => {
    for (const look of waiting) look();
  });
  return {
    text: () => said.all,
    raw: () => said.raw,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    waitFor(wanted) {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const timer = setTimeout(() => fail("not within the deadline"), DEADLINE_MS);
      function fail(why: string): void {
        done();
        reject(new Error(`${String(wanted)} did not appear (${why}) in:\n${said.all}`));
      }
      function done(): void {
        clearTimeout(timer);
        waiting.delete(look);
      }
      function look(): void {
        const found =
          typeof wanted === "string" ? said.all.includes(wanted) : wanted.test(said.all);
        if (found) {
          done();
          resolve(said.all);
        } else if (child.exitCode !== null || child.signalCode !== null) {
          fail("it ended");
        }
      }
      waiting.add(look);
      look();
      return promise;
    },
    ended: async () => (await ended)[0],
  };
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
