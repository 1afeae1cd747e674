/**
 * The server's options as flags of `dev` and `serve`, made from the server's own table: what it
 * knows, the command line knows, with the same words.
 */
import type { OptionEntry, ServerMode, ServerOptions } from "@ringdown/server";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Globals } from "./globals.ts";

/** By option name (`bodyLimit`), as typed; `true` for a flag without a value. */
export type ServerFlags = Readonly<Record<string, string | boolean | undefined>>;

/** Options that every command has; their values come from there. */
const GLOBAL: ReadonlySet<string> = new Set(["data", "config", "store"]);

export async function addServerOptions(command: Command, mode: ServerMode): Promise<void> {
  const { serverOptions } = await import("@ringdown/server");
  for (const entry of Object.values(serverOptions) as OptionEntry<unknown>[]) {
    if (!GLOBAL.has(entry.name)) command.addOption(await optionFor(entry, mode));
  }
}

async function optionFor(entry: OptionEntry<unknown>, mode: ServerMode): Promise<Option> {
  const { flagOf } = await import("@ringdown/server");
  const { kind, fallback, doc, name } = entry;
  const byDefault = fallback === undefined ? "" : ` (default: ${kind.show(fallback[mode])})`;
  const isToggle = kind.schema["type"] === "boolean";
  const flags = isToggle ? flagOf(name) : `${flagOf(name)} <value>`;
  const option = new Option(flags, `${doc}${byDefault}`).helpGroup("Server options:");
  if (isToggle) return option;
  const values = kind.schema["enum"];
  if (Array.isArray(values)) return option.choices(values as string[]);
  return option.argParser((text: string) => {
    // Only looked at: the server parses it again, together with environment and file.
    if (kind.parse(text) === undefined) throw new InvalidArgumentError(`Expected ${kind.form}.`);
    return text;
  });
}

/** What the server is told: its own flags, and the global ones it knows by the same names. */
export function serverFlags(flags: ServerFlags, globals: Globals): ServerFlags {
  const { data, config, store } = globals;
  return { ...flags, data, config, store };
}

/** For people: a database's URL may hold a password, so it is only called by its kind (I8). */
export function nameOfStore({ store }: Pick<ServerOptions, "store">): string {
  return typeof store === "string" ? store : "postgres";
}
