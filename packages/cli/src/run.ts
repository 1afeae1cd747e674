/**
 * From arguments to an exit code. Everything that goes wrong on the way is reported here, in one
 * form: what happened, and what fixes it.
 */
import { CommanderError } from "commander";
import { commandTable, DEFAULT_COMMAND } from "./commands/table.ts";
import { type ExitName, exitTable } from "./exit-codes.ts";
import { CliError, describeFailure } from "./failure.ts";
import { readGlobals } from "./globals.ts";
import { createInterrupts } from "./interrupts.ts";
import type { Io } from "./io.ts";
import { createOutput } from "./output/output.ts";
import { formatFailure } from "./output/failure-text.ts";
import { createStyle } from "./output/style.ts";
import { createProgram, operandsOf } from "./program.ts";
import type { Perform, Session } from "./session.ts";
import { readVersion } from "./version.ts";

/** `args` without the interpreter and the script. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const end: { exit: ExitName } = { exit: "done" };
  try {
    const call = readCall(args);
    const perform: Perform = async (action) => {
      end.exit = await action(createSession());
    };
    const program = await createProgram({
      version: readVersion(),
      perform,
      load: { only: call.wanted },
      implied: call.implied === true ? call.wanted : undefined,
    });
    const createSession = (): Session => {
      const globals = readGlobals(program);
      return {
        io,
        globals,
        output: createOutput({
          stdout: io.stdout,
          stderr: io.stderr,
          json: globals.json ? "always" : "when-piped",
          colour: globals.color ? "auto" : "never",
          talk: globals.quiet ? "warnings" : "all",
        }),
        interrupts: createInterrupts([io.stdout, io.stderr]),
      };
    };
    await program.parseAsync([...call.args], { from: "user" });
    return exitTable[end.exit].code;
  } catch (error) {
    return report(error, args, io);
  }
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
  const name = commandTable.find((entry) => args.includes(entry.name))?.name;
  return new CliError(
    "usage",
    /[.?)]$/.test(sentence) ? sentence : `${sentence}.`,
    name === undefined ? "ringdown --help" : `ringdown ${name} --help`,
  );
}
