/** The version of this package, as its package.json says, in a checkout and in a published package. */
import { readFileSync } from "node:fs";

const packageJson: unknown = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
);

export const VERSION: string = (packageJson as { version: string }).version;
