/**
 * docs/reference/cli.md, from the command tree and the table of exit codes: what `--help` says is
 * what the page says.
 */
import { exitTable } from "../../packages/cli/src/exit-codes.ts";
import { createProgram } from "../../packages/cli/src/program.ts";

type Command = Awaited<ReturnType<typeof createProgram>>;

const INTRODUCTION = `# Command line

<!-- Generated from the command tree by \`npm run generate\`. -->

\`ringdown <command>\`; in a checkout \`npx ringdown <command>\`. Without a command it is \`ringdown dev\`.

Data goes to standard output, everything said besides to standard error. On a terminal data is text;
piped, or with \`--json\`, it is one JSON object per line, each with a \`type\`. \`dev\`, \`serve\` and \`tail\`
first write \`{"type":"ready",…}\`. Colours follow the terminal, \`NO_COLOR\` and \`FORCE_COLOR\`.`;

export async function outputs(): Promise<{ path: string; text: string }[]> {
  const perform = (): Promise<void> => Promise.resolve();
  const program = await createProgram({ version: "", perform, load: "all" });
  const sections = [
    INTRODUCTION,
    exitCodes(),
    "## Global options",
    "Before or after the command's name.",
    optionTable(program),
    ...program.commands.map((command) => describe(command, [program.name()])),
  ];
  return [{ path: "docs/reference/cli.md", text: `${sections.join("\n\n")}\n` }];
}

function exitCodes(): string {
  const rows = Object.values(exitTable).map(({ code, meaning }) => `| ${code} | ${meaning} |`);
  return ["## Exit codes", "", "| code | meaning |", "| --- | --- |", ...rows].join("\n");
}

/** A command, then those below it. */
function describe(command: Command, parents: readonly string[]): string {
  const path = [...parents, command.name()];
  const level = "#".repeat(path.length);
  const inside = command.commands.map((one) => describe(one, path));
  return [
    `${level} ${path.join(" ")}`,
    escaped(command.description()),
    ...(command.commands.length > 0 ? [] : [usage(command, path)]),
    ...[argumentTable(command), optionTable(command), notesOf(command)].filter(isNotEmpty),
    ...inside,
  ].join("\n\n");
}

function usage(command: Command, path: readonly string[]): string {
  const words = command.registeredArguments.map((argument) => {
    const name = argument.variadic ? `${argument.name()}...` : argument.name();
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return ["```sh", [...path, "[options]", ...words].join(" "), "```"].join("\n");
}

function argumentTable({ registeredArguments }: Command): string {
  const rows = registeredArguments
    .filter(({ description }) => description !== "")
    .map((argument) => [code(argument.name()), `${argument.description}${choices(argument)}`]);
  return table(["argument", "meaning"], rows);
}

function optionTable({ options }: Command): string {
  const rows = options
    .filter(({ hidden }) => !hidden)
    .map((option) => {
      const required = option.mandatory ? "; required" : "";
      const variable = option.envVar === undefined ? "" : `; environment: ${code(option.envVar)}`;
      const text = `${option.description}${choices(option)}${defaultOf(option.defaultValue)}`;
      return [code(option.flags), `${text}${required}${variable}`];
    });
  return table(["option", "meaning"], rows);
}

function choices({ argChoices }: { readonly argChoices?: readonly string[] | undefined }): string {
  return argChoices === undefined ? "" : ` One of: ${argChoices.join(", ")}.`;
}

/** `--no-color` has the default `true`, which says nothing. */
function defaultOf(value: unknown): string {
  return typeof value === "string" ? ` (default: ${value})` : "";
}

/** What stands below the options in the help, examples among it. */
function notesOf(command: Command): string {
  let help = "";
  command.configureOutput({ writeOut: (text: string) => (help += text) });
  command.outputHelp();
  const notes = help.slice(command.helpInformation().length).trim();
  return notes === "" ? "" : ["```text", notes, "```"].join("\n");
}

function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(" | ")} |`;
  return [line(heading), line(heading.map(() => "---")), ...rows.map(line)].join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}

/** A bar would end the cell. */
function escaped(text: string): string {
  return text.replaceAll("|", "\\|");
}

function isNotEmpty(text: string): boolean {
  return text !== "";
}
