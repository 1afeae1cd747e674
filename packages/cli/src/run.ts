/**
 * From arguments to an exit code. Everything that goes wrong on the way is reported here, in one
 * form: what happened, and what fixes it.
 */
import { type Command, CommanderError } from "commander";
import { commandTable, DEFAULT_COMMAND } from "./commands/table.ts";
import { type ExitName, exitTable } from "./exit-codes.ts";
import { CliError, describeFailure } from "./failure.ts";
import { type Globals, readGlobals } from "./globals.ts";
import { createInterrupts } from "./interrupts.ts";
import type { Io } from "./io.ts";
import { createOutput } from "./output/output.ts";
import { formatFailure } from "./output/failure-text.ts";
import { createStyle } from "./output/style.ts";
import { createProgram, operandsOf } from "./program.ts";
import type { Session } from "./session.ts";
import { readVersion } from "./version.ts";

/** `args` without the interpreter and the script. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const interrupts = createInterrupts([io.stdout, io.stderr]);
  let exit: ExitName = "done";
  try {
    const call = readCall(args);
    const program: Command = await createProgram({
      version: readVersion(),
      load: { only: call.wanted },
      implied: call.implied === true ? call.wanted : undefined,
      perform: async (action) => {
        exit = await action(createSession(readGlobals(program), { io, interrupts }));
      },
    });
    await program.parseAsync([...call.args], { from: "user" });
    return exitTable[exit].code;
  } catch (error) {
    return report(error, args, io);
  }
}

function createSession(globals: Globals, process: Pick<Session, "io" | "interrupts">): Session {
  const output = createOutput({
    stdout: process.io.stdout,
    stderr: process.io.stderr,
    json: globals.json ? "always" : "when-piped",
    colour: globals.color ? "auto" : "never",
    talk: globals.quiet ? "warnings" : "all",
  });
  return { ...process, globals, output };
}

/** `wanted`: the command to load. `implied`: it is the default, since none was named. */
type Call = {
  readonly args: readonly string[];
  readonly wanted?: string;
  readonly implied?: true;
};

const GENERAL: ReadonlySet<string> = new Set(["--help", "-h", "--version", "-V"]);

/** `ringdown help x` is `ringdown x --help`; nothing at all is the default command. */
function readCall(args: readonly string[]): Call {
  const [first, ...rest] = operandsOf(args);
  if (first === "help") return readCall([...rest, "--help"]);
  if (first !== undefined) return { args, wanted: first };
  if (args.some((arg) => GENERAL.has(arg))) return { args };
  return { args, wanted: DEFAULT_COMMAND, implied: true };
}

function report(error: unknown, args: readonly string[], io: Io): number {
  const style = createStyle(io.stderr, args.includes("--no-color") ? "never" : "auto");
  if (error instanceof CommanderError) {
    // Asked for help or the version: printed already.
    if (error.exitCode === 0) return exitTable.done.code;
    const failure = describeFailure(usageError(error, args));
    io.stderr.write(formatFailure(failure, style));
    return exitTable.usage.code;
  }
  const failure = describeFailure(error);
  io.stderr.write(formatFailure(failure, style));
  return exitTable[failure.exit].code;
}

/** Commander says `error: unknown option '--jsn'\n(Did you mean --json?)`. */
function usageError(error: CommanderError, args: readonly string[]): CliError {
  const text = error.message.replace(/^error: /, "").replaceAll("\n", " ");
  const sentence = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  const names = new Set(commandTable.map((entry) => entry.name));
  const name = args.find((arg) => names.has(arg));
  return new CliError(
    "usage",
    /[.?)]$/.test(sentence) ? sentence : `${sentence}.`,
    name === undefined ? "ringdown --help" : `ringdown ${name} --help`,
  );
}
