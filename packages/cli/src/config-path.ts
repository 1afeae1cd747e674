/** Which configuration file a command is about. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { CliError } from "./failure.ts";
import type { Globals } from "./globals.ts";

export const USUAL_CONFIG = "ringdown.yaml";

/** The named one, or the usual one. @throws data when neither is there */
export function configPathOf({ config }: Pick<Globals, "config">): string {
  const path = resolve(config ?? USUAL_CONFIG);
  if (existsSync(path)) return path;
  throw new CliError(
    "data",
    config === undefined ? `There is no ${USUAL_CONFIG} here.` : `There is no file ${path}.`,
    "Name one with --config, or make one with: ringdown export > ringdown.yaml",
  );
}
