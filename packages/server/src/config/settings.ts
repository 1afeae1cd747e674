/**
 * What a process is started with: the only place that looks at this process's environment, working
 * folder and files to find out.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { configInvalid } from "../model/config-problem.ts";
import { type CheckDocument, type ConfigFile, loadConfigFile } from "./config-file.ts";
import { type ServerMode, type ServerOptions, variableOf } from "./options.ts";
import { type OptionInputs, type Origin, parseOptions } from "./parse-options.ts";
import { type Environment, readSmallFile } from "./references.ts";

export type SettingsInputs = {
  readonly mode: ServerMode;
  /** By option name (`bodyLimit`), as typed; `true` for a flag without a value. */
  readonly flags: OptionInputs["flags"];
  /** Default: this process's. */
  readonly environment?: Environment;
  /** Default: this process's. */
  readonly workingDir?: string;
  /** What the registry has to say about the file. */
  readonly check?: CheckDocument;
};

export type Settings = {
  readonly options: ServerOptions;
  /** Where each option came from, by its key in `options`. */
  readonly origins: Readonly<Record<string, Origin>>;
  readonly configFile?: ConfigFile;
  /** The point at which a crash test wants the process to die; "" otherwise. */
  readonly crashPoint: string;
};

const DEFAULT_FILE = "ringdown.yaml";

/** @throws config_unreadable, config_invalid, secret_unresolved */
export function loadSettings(inputs: SettingsInputs): Settings {
  const { mode, flags, environment = process.env, workingDir = process.cwd() } = inputs;
  const path = configPath({ flags, environment, workingDir });
  const configFile = path === undefined ? undefined : loadConfigFile(path, inputs.check);
  const parsed = parseOptions({
    mode,
    flags: path === undefined ? flags : { ...flags, config: path },
    environment,
    workingDir,
    readFile: readSmallFile,
    ...(configFile !== undefined && { fileBlock: configFile.server, locate: configFile.locate }),
  });
  if (parsed.problems.length > 0) throw configInvalid(parsed.problems);
  return {
    options: parsed.options,
    origins: parsed.origins,
    crashPoint: environment["RINGDOWN_CRASH_POINT"] ?? "",
    ...(configFile !== undefined && { configFile }),
  };
}

/** The file that was named, or the usual one if it is there. */
function configPath({
  flags,
  environment,
  workingDir,
}: Pick<OptionInputs, "flags" | "environment" | "workingDir">): string | undefined {
  const flag = flags["config"];
  const named = typeof flag === "string" ? flag : environment[variableOf("config")];
  if (named !== undefined && named !== "") return resolve(workingDir, named);
  const usual = resolve(workingDir, DEFAULT_FILE);
  return existsSync(usual) ? usual : undefined;
}
