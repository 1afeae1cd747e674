/**
 * The command tree, built from the table: all names at once, the inside of a command only when it is
 * wanted. Commander then parses, helps and suggests.
 */
import { Command } from "commander";
import { type CommandEntry, commandTable } from "./commands/table.ts";
import { addGlobalOptions } from "./globals.ts";
import type { Perform } from "./session.ts";

const EXAMPLES = `
Examples:
  ringdown                                           start, and get a URL to send to
  ringdown trigger stripe invoice.paid --to inbox    send a signed sample event
  ringdown explain req_01JX…                         why was it (not) delivered?
  ringdown replay --state dead --since 2h            deliver again what failed

Exit codes: 0 done, 1 failed, 2 the answer is no, 64 usage, 65 bad file or data,
69 unreachable, 70 defect, 75 timed out, 77 not authorised.`;

export type ProgramOptions = {
  readonly version: string;
  readonly perform: Perform;
  /** The command whose inside is wanted, or all of them. */
  readonly load: { readonly only: string | undefined } | "all";
  /** The command that is meant when none is named. */
  readonly implied?: string | undefined;
};

export async function createProgram(options: ProgramOptions): Promise<Command> {
  const program = new Command("ringdown")
    .description("Webhooks, both ways, and nothing slips through.")
    .version(options.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help; also after a command")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeErr: discard })
    .configureHelp({ showGlobalOptions: true })
    .addHelpText("after", EXAMPLES);
  addGlobalOptions(program);
  for (const entry of commandTable) await addCommand(program, entry, options);
  return program;
}

async function addCommand(
  program: Command,
  entry: CommandEntry,
  { load, perform, implied }: ProgramOptions,
): Promise<void> {
  const command = program
    .command(entry.name, { isDefault: entry.name === implied })
    .description(sentence(entry.summary))
    .summary(entry.summary)
    .helpGroup(entry.group)
    .helpOption("-h, --help", "print this help");
  if (load !== "all" && load.only !== entry.name) return;
  const define = await entry.load();
  await define(command, perform);
}

/** The words that are no options, as far as they can be told without knowing the command. */
export function operandsOf(args: readonly string[]): readonly string[] {
  return addGlobalOptions(
    new Command().exitOverride().configureOutput({ writeErr: discard }),
  ).parseOptions([...args]).operands;
}

/** Errors are reported in one place and form, not by the parser. */
function discard(): void {}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}
