/**
 * `ringdown validate`: every problem of the configuration file at once, each with line and column.
 * Needs no server: shape, names, expressions, URLs, secret references and the `server:` block are
 * checked here.
 */
import type { ConfigFile, Settings } from "@ringdown/server";
import type { Command } from "commander";
import { configPathOf } from "../config-path.ts";
import type { ExitName } from "../exit-codes.ts";
import { describeFailure } from "../failure.ts";
import { printable } from "../output/printable.ts";
import { formatCount } from "../output/units.ts";
import type { Perform, Session } from "../session.ts";

const NOTES = `
The file is --config, or ./ringdown.yaml. Exit code 0: it is valid; 65: it is not.`;

export function defineValidate(command: Command, perform: Perform): void {
  command.addHelpText("after", NOTES).action(() => perform(validate));
}

async function validate({ output, globals }: Session): Promise<ExitName> {
  const { style } = output;
  const path = configPathOf(globals);
  const checked = await check(path);
  if (checked.kind === "valid") {
    const counts = countsOf(checked.file);
    output.show({ type: "result", file: path, valid: true, ...counts, problems: [] }, () => {
      const { sources, destinations, routes } = counts;
      const parts = [
        formatCount(sources, "source"),
        formatCount(destinations, "destination"),
        formatCount(routes, "route"),
      ];
      return `${style.good("✓")} ${path} is valid: ${parts.join(", ")}`;
    });
    return "done";
  }
  const { problems } = checked;
  output.show({ type: "result", file: path, valid: false, problems }, () =>
    [
      ...problems.map((problem) => printable(problem)),
      style.bad(formatCount(problems.length, "problem")),
    ].join("\n"),
  );
  return "data";
}

type Checked =
  | { readonly kind: "valid"; readonly file: ConfigFile }
  /** One line each, with file, line and column. */
  | { readonly kind: "invalid"; readonly problems: readonly string[] };

/** @throws config_unreadable */
async function check(path: string): Promise<Checked> {
  const { checkDocument, loadSettings } = await import("@ringdown/server");
  let settings: Settings;
  try {
    // Only what the file says counts: this shell's RINGDOWN_… variables are not its problems.
    const flags = { config: path };
    settings = loadSettings({ mode: "serve", flags, environment: {}, check: checkDocument });
  } catch (error) {
    const { code, what, details } = describeFailure(error);
    if (code !== "config_invalid" && code !== "secret_unresolved") throw error;
    return { kind: "invalid", problems: details.length === 0 ? [what] : details };
  }
  const { configFile } = settings;
  if (configFile === undefined) throw new Error("a named file is always loaded");
  return { kind: "valid", file: configFile };
}

type Kind = "sources" | "destinations" | "routes";

function countsOf({ document }: ConfigFile): Readonly<Record<Kind, number>> {
  const count = (kind: Kind): number => Object.keys(document[kind]).length;
  return {
    sources: count("sources"),
    destinations: count("destinations"),
    routes: count("routes"),
  };
}
