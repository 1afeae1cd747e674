/**
 * Flags, environment, file and defaults to one frozen `ServerOptions`: the first of them that says
 * something about an option decides. Everything that is wrong is told at once, each with where the
 * value came from, what it was and what it should be.
 */
import { resolve } from "node:path";
import type { ConfigProblem, LocatedProblem } from "../model/config-problem.ts";
import { suggest } from "../model/suggest.ts";
import { isLoopbackHost } from "./option-kinds.ts";
import {
  flagOf,
  type OptionEntry,
  SECRET_OPTIONS,
  type ServerMode,
  type ServerOptions,
  serverOptions,
  variableOf,
} from "./options.ts";
import { type Environment, reasonOf, withoutLastLineBreak } from "./references.ts";
import { createSecret, type Secret } from "./secret.ts";

export type OptionInputs = {
  readonly mode: ServerMode;
  /** By option name (`bodyLimit`), as typed; `true` for a flag without a value. */
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  readonly environment: Environment;
  /** The file's `server:` block. */
  readonly fileBlock?: Readonly<Record<string, unknown>>;
  /** Adds the position in the file. */
  readonly locate?: (problem: ConfigProblem) => LocatedProblem;
  /** What relative paths are relative to. */
  readonly workingDir: string;
  readonly readFile: (path: string) => string;
};

/** Where a value came from, for `ringdown doctor`. */
export type Origin = "flag" | "environment" | "file" | "default";

export type ParsedOptions = {
  readonly options: ServerOptions;
  readonly origins: Readonly<Record<string, Origin>>;
  readonly problems: readonly LocatedProblem[];
};

type Given = {
  readonly origin: Origin;
  readonly input: unknown;
  /** How the place is called in a message: `--port`, `PORT`, … */
  readonly place: string;
};

/** The options are only to be used when there are no problems. */
export function parseOptions(inputs: OptionInputs): ParsedOptions {
  const problems: LocatedProblem[] = unknownKeys(inputs);
  const values: Record<string, unknown> = {};
  const origins: Record<string, Origin> = {};
  for (const [key, entry] of Object.entries(serverOptions) as [string, OptionEntry<unknown>][]) {
    const given = givenValue(entry, inputs);
    const value =
      given === undefined ? entry.fallback?.[inputs.mode] : entry.kind.parse(given.input);
    if (given !== undefined && value === undefined) {
      problems.push(wrongValue(entry, given, inputs));
    }
    origins[key] = given?.origin ?? "default";
    if (value !== undefined) values[key] = value;
  }
  for (const [key, { name }] of Object.entries(SECRET_OPTIONS)) {
    const secret = secretValue(name, inputs, problems);
    if (secret !== undefined) values[key] = secret;
  }
  const options = finish(values as ServerOptions, inputs);
  if (problems.length === 0) problems.push(...conflicts(options, inputs.mode));
  return { options, origins: Object.freeze(origins), problems };
}

/** An empty variable says nothing, as containers pass them. */
function givenValue(entry: OptionEntry<unknown>, inputs: OptionInputs): Given | undefined {
  const { name } = entry;
  const flag = inputs.flags[name];
  if (flag !== undefined) return { origin: "flag", input: flag, place: flagOf(name) };
  for (const variable of [variableOf(name), ...(entry.otherVariables ?? [])]) {
    const input = inputs.environment[variable];
    if (input !== undefined && input !== "")
      return { origin: "environment", input, place: variable };
  }
  const block = inputs.fileBlock;
  if (entry.inFile === "no" || block === undefined || !Object.hasOwn(block, name)) return undefined;
  return { origin: "file", input: block[name], place: "" };
}

function wrongValue(
  entry: OptionEntry<unknown>,
  given: Given,
  inputs: OptionInputs,
): LocatedProblem {
  // What was meant to be a database's URL may hold a password (I8).
  const input = entry.name === "store" ? withoutAddress(given.input) : given.input;
  const message = `expected ${entry.kind.form}, got ${shown(input)}`;
  const problem = { path: ["server", entry.name], message };
  if (given.origin === "file") return inputs.locate?.(problem) ?? problem;
  return { ...problem, path: [given.place] };
}

function withoutAddress(input: unknown): unknown {
  return typeof input === "string" ? input.replace(/:.*/s, ":…") : input;
}

function shown(input: unknown): string {
  if (input === true) return "nothing";
  return typeof input === "object" ? "something else" : JSON.stringify(input);
}

/** Keys of the file's block that are no option. Flags are known to the command line. */
function unknownKeys(inputs: OptionInputs): LocatedProblem[] {
  const entries = Object.values(serverOptions);
  const known = entries.filter((entry) => entry.inFile === "yes").map((entry) => entry.name);
  const others = [...entries.map((entry) => entry.name), ...Object.keys(SECRET_OPTIONS)];
  return Object.keys(inputs.fileBlock ?? {})
    .filter((key) => !known.includes(key))
    .map((key) => {
      const suggestion = suggest(key, known);
      const message = others.includes(key)
        ? `"${key}" is not set in the file; use ${variableOf(key)}`
        : `unknown key "${key}"`;
      const problem: ConfigProblem = {
        path: ["server", key],
        at: "key",
        message,
        ...(suggestion !== undefined && { suggestion }),
      };
      return inputs.locate?.(problem) ?? problem;
    });
}

/** `RINGDOWN_X`, or the content of the file that `RINGDOWN_X_FILE` names. Never a flag: those are seen by everybody. */
function secretValue(
  name: string,
  inputs: OptionInputs,
  problems: LocatedProblem[],
): Secret | undefined {
  const variable = variableOf(name);
  const fileVariable = `${variable}_FILE`;
  const text = inputs.environment[variable] ?? "";
  const path = inputs.environment[fileVariable] ?? "";
  if (text !== "" && path !== "") {
    problems.push({ path: [variable], message: `set either this or ${fileVariable}` });
    return undefined;
  }
  if (path === "") return text === "" ? undefined : createSecret(text);
  try {
    return createSecret(withoutLastLineBreak(inputs.readFile(resolve(inputs.workingDir, path))));
  } catch (error) {
    problems.push({ path: [fileVariable], message: `${path} cannot be read: ${reasonOf(error)}` });
    return undefined;
  }
}

/** Paths become absolute, URLs lose their last slash. */
function finish(options: ServerOptions, { workingDir }: OptionInputs): ServerOptions {
  const { dataDir, configFile, publicUrl } = options;
  return Object.freeze({
    ...options,
    ...(dataDir !== undefined && { dataDir: resolve(workingDir, dataDir) }),
    ...(configFile !== undefined && { configFile: resolve(workingDir, configFile) }),
    ...(publicUrl !== undefined && { publicUrl: publicUrl.replace(/\/+$/, "") }),
  });
}

/** What is possible one by one and not together. */
function conflicts(options: ServerOptions, mode: ServerMode): LocatedProblem[] {
  const problems: LocatedProblem[] = [];
  const isLocal = isLoopbackHost(options.host);
  if (mode === "dev" && !isLocal) {
    problems.push({
      path: ["host"],
      message: `dev answers without API keys and listens on a loopback address only, not on ${options.host}; use serve`,
    });
  }
  if (options.insecureDevAuth && !isLocal) {
    problems.push({ path: ["insecureDevAuth"], message: "only possible on a loopback address" });
  }
  if (
    options.ingestPort !== undefined &&
    options.ingestPort !== 0 &&
    options.ingestPort === options.port
  ) {
    problems.push({
      path: ["ingestPort"],
      message: "is the same as port; leave it out to share one",
    });
  }
  return problems;
}
