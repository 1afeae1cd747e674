/** A completion script for zsh, with descriptions. */
import type { Completed, Level } from "./tree.ts";

export function writeZsh({ name, levels }: Completed): string {
  const children = levels.slice(1).map(({ path }) => `"${path}"`);
  return `#compdef ${name}
# zsh completion for ${name}; load it with: source <(${name} completion zsh)
_${name}() {
  local at="${name}" previous="\${words[CURRENT-1]}" index
  local -a items
  for ((index = 2; index < CURRENT; index++)); do
    case "$at \${words[index]}" in
      ${children.join("|")}) at="$at \${words[index]}" ;;
    esac
  done
  case "$at $previous" in
${levels.flatMap(valueCases).join("\n")}
  esac
  case "$at" in
${levels.map(levelCase).join("\n")}
  esac
  _describe '${name}' items || _files
}
compdef _${name} ${name}`;
}

function valueCases({ path, options }: Level): readonly string[] {
  const fixed = options.flatMap(({ flags, value }) =>
    value === "none" || value === "any"
      ? []
      : [
          `    ${either(path, flags)}) items=(${value.map(quote).join(" ")}); _describe value items; return ;;`,
        ],
  );
  const free = options.flatMap(({ flags, value }) => (value === "any" ? flags : []));
  return [...fixed, ...(free.length === 0 ? [] : [`    ${either(path, free)}) _files; return ;;`])];
}

function either(path: string, flags: readonly string[]): string {
  return flags.map((flag) => `"${path} ${flag}"`).join("|");
}

function levelCase({ path, commands, choices, options }: Level): string {
  const items = [
    ...commands.map(({ name, summary }) => item(name, summary)),
    ...choices.map(quote),
    ...options.flatMap(({ flags, summary }) => flags.map((flag) => item(flag, summary))),
  ];
  return `    "${path}") items=(${items.join(" ")}) ;;`;
}

/** In `_describe` the first unescaped colon ends the name. */
function item(name: string, summary: string): string {
  return quote(`${name.replaceAll(":", "\\:")}:${summary}`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
