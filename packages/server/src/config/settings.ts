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
  /** Threads of libuv's pool, which looks up host names. */
  readonly threadPoolSize: number;
};

/** libuv's own default and limit (docs.libuv.org, "Thread pool work scheduling"). */
const THREAD_POOL = { default: 4, max: 1024 } as const;

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
    threadPoolSize: threadPoolSize(environment["UV_THREADPOOL_SIZE"]),
    ...(configFile !== undefined && { configFile }),
  };
}

/** As libuv reads the variable: what is no number is one thread. */
function threadPoolSize(variable: string | undefined): number {
  if (variable === undefined) return THREAD_POOL.default;
  const size = Number.parseInt(variable, 10);
  return Math.min(Math.max(Number.isNaN(size) ? 1 : size, 1), THREAD_POOL.max);
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
