/**
 * The options every command takes, before or after its name. Flag, then environment, then default;
 * an environment variable that is set but empty counts as not set.
 */
import { type Command, Option } from "commander";
import { parseServerUrl } from "./values.ts";

export type Globals = {
  /** Without a trailing slash. */
  readonly server: string;
  readonly token: string | undefined;
  /** Undefined: what the server's option table says. */
  readonly data: string | undefined;
  readonly config: string | undefined;
  readonly store: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
  readonly yes: boolean;
};

export const DEFAULT_SERVER = "http://127.0.0.1:8484";

/** Typed `Option`s, so that help, completion and the reference show the same. */
export function addGlobalOptions(program: Command): Command {
  const options = [
    new Option("--server <url>", "the server to talk to").env("RINGDOWN_SERVER"),
    new Option("--token <key>", "API key; better in the environment").env("RINGDOWN_TOKEN"),
    new Option("--data <dir>", "data folder (default: ./.ringdown)").env("RINGDOWN_DATA"),
    new Option("--config <file>", "configuration file (default: ./ringdown.yaml)").env(
      "RINGDOWN_CONFIG",
    ),
    new Option("--store <store>", "sqlite, memory or postgres://host/database").env(
      "RINGDOWN_STORE",
    ),
    new Option("--json", "JSON lines, also on a terminal"),
    new Option("-q, --quiet", "data and errors only"),
    new Option("--no-color", "no colours; NO_COLOR does the same"),
    new Option("-y, --yes", "do not ask"),
  ];
  for (const option of options) program.addOption(option.helpGroup("Global options:"));
  return program;
}

type ParsedGlobals = {
  readonly server?: string;
  readonly token?: string;
  readonly data?: string;
  readonly config?: string;
  readonly store?: string;
  readonly json?: true;
  readonly quiet?: true;
  readonly color: boolean;
  readonly yes?: true;
};

/** @throws usage for a server that is not a URL */
export function readGlobals(program: Command): Globals {
  const parsed = program.opts<ParsedGlobals>();
  return {
    server: parseServerUrl(given(parsed.server) ?? DEFAULT_SERVER),
    token: given(parsed.token),
    data: given(parsed.data),
    config: given(parsed.config),
    store: given(parsed.store),
    json: parsed.json ?? false,
    quiet: parsed.quiet ?? false,
    color: parsed.color,
    yes: parsed.yes ?? false,
  };
}

function given(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
