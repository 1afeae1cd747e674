/** The command tree as the completion scripts need it: per command, what may come next. */
import type { Command, Option } from "commander";

export type Completed = {
  /** The binary's name. */
  readonly name: string;
  /** Parents before their children. */
  readonly levels: readonly Level[];
};

/** One command: where it is in the tree, and what can be typed there. */
export type Level = {
  /** "ringdown requests list" */
  readonly path: string;
  readonly commands: readonly Candidate[];
  /** Its own options and the global ones. */
  readonly options: readonly CompletedOption[];
  /** Fixed values of its arguments. */
  readonly choices: readonly string[];
};

export type Candidate = { readonly name: string; readonly summary: string };

export type CompletedOption = {
  /** `-q`, `--quiet` */
  readonly flags: readonly string[];
  readonly summary: string;
  readonly value: "none" | "any" | readonly string[];
};

export function describeTree(program: Command): Completed {
  return { name: program.name(), levels: levelsOf(program, [], []) };
}

function levelsOf(
  command: Command,
  parents: readonly string[],
  inherited: readonly CompletedOption[],
): readonly Level[] {
  const path = [...parents, command.name()];
  const own = command.options.filter(({ hidden }) => !hidden).map(describeOption);
  const help = { flags: ["-h", "--help"], summary: "print help", value: "none" } as const;
  const level: Level = {
    path: path.join(" "),
    commands: command.commands.map((one) => ({ name: one.name(), summary: one.summary() })),
    options: [...own, ...inherited, ...(inherited.length === 0 ? [help] : [])],
    choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  };
  return [level, ...command.commands.flatMap((one) => levelsOf(one, path, level.options))];
}

function describeOption(option: Option): CompletedOption {
  const flags = [option.short, option.long].filter((flag) => flag !== undefined);
  const takesValue = option.required || option.optional;
  return {
    flags,
    summary: option.description,
    value: takesValue ? (option.argChoices ?? "any") : "none",
  };
}
