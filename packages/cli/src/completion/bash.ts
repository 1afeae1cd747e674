/** A completion script for bash 3.2 and later: it has no descriptions, so names are all it shows. */
import type { Completed, Level } from "./tree.ts";

export function writeBash({ name, levels }: Completed): string {
  const children = levels.slice(1).map(({ path }) => `"${path}"`);
  return `# bash completion for ${name}; load it with: source <(${name} completion bash)
_${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local at="${name}" index words=""
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "$at \${COMP_WORDS[index]}" in
      ${children.join(" | ")}) at="$at \${COMP_WORDS[index]}" ;;
    esac
  done
  case "$at $previous" in
${levels.flatMap(valueCases).join("\n")}
  esac
  if [ -z "$words" ]; then
    case "$at" in
${levels.map(levelCase).join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
# What has no fixed values completes as a file.
complete -o default -F _${name} ${name}`;
}

/** After an option that takes a value: its choices, or files. */
function valueCases({ path, options }: Level): readonly string[] {
  const fixed = options.flatMap(({ flags, value }) =>
    value === "none" || value === "any"
      ? []
      : [`    ${either(path, flags)}) words="${value.join(" ")}" ;;`],
  );
  const free = options.flatMap(({ flags, value }) => (value === "any" ? flags : []));
  return [...fixed, ...(free.length === 0 ? [] : [`    ${either(path, free)}) return ;;`])];
}

function either(path: string, flags: readonly string[]): string {
  return flags.map((flag) => `"${path} ${flag}"`).join(" | ");
}

function levelCase({ path, commands, choices, options }: Level): string {
  const words = [
    ...commands.map(({ name }) => name),
    ...choices,
    ...options.flatMap(({ flags }) => flags),
  ];
  return `      "${path}") words="${words.join(" ")}" ;;`;
}
