/** A completion script for fish, with descriptions. */
import type { Completed, CompletedOption, Level } from "./tree.ts";

export function writeFish({ name, levels }: Completed): string {
  const lines = levels.flatMap((level) => levelLines(name, level));
  return [
    `# fish completion for ${name}; load it with: ${name} completion fish | source`,
    ...lines,
  ].join("\n");
}

function levelLines(name: string, level: Level): readonly string[] {
  const start = `complete -c ${name} -n ${quote(conditionFor(level))}`;
  const choices =
    level.choices.length === 0 ? [] : [`${start} -f -a ${quote(level.choices.join(" "))}`];
  return [
    ...level.commands.map(
      (command) => `${start} -f -a ${command.name} -d ${quote(command.summary)}`,
    ),
    ...choices,
    ...level.options.map((option) => `${start}${optionPart(option)}`),
  ];
}

/** True on this command and not yet on one of its children. */
function conditionFor({ path, commands }: Level): string {
  const seen = path.split(" ").slice(1);
  const conditions = seen.map((word) => `__fish_seen_subcommand_from ${word}`);
  if (commands.length > 0) {
    const below = commands.map((command) => command.name).join(" ");
    conditions.push(`not __fish_seen_subcommand_from ${below}`);
  }
  return conditions.join("; and ");
}

function optionPart({ flags, summary, value }: CompletedOption): string {
  const names = flags.map((flag) =>
    flag.startsWith("--") ? ` -l ${flag.slice(2)}` : ` -s ${flag.slice(1)}`,
  );
  const values = typeof value === "string" ? "" : ` -f -a ${quote(value.join(" "))}`;
  return `${names.join("")}${value === "none" ? "" : " -r"}${values} -d ${quote(summary)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
