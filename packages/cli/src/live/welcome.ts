/**
 * The first screen of `ringdown dev`: where it is, the URL to send to, and one line to try. Nothing
 * on it needs an account, a file or a second read.
 */
import type { GatewayAddress } from "@ringdown/server";
import { relative } from "node:path";
import type { Style } from "../output/style.ts";

export type Welcome = {
  readonly version: string;
  readonly startedInMs: number;
  readonly address: GatewayAddress;
  readonly dataDir: string;
  readonly store: string;
  readonly configFile: string | undefined;
  /** The port that was asked for, when another had to be taken. */
  readonly busyPort: number | undefined;
  /** Provider of each source, where one is known. */
  readonly providers: Readonly<Record<string, string>>;
  readonly workingDir: string;
};

const SHOWN_SOURCES = 5;

export function formatWelcome(welcome: Welcome, style: Style): string {
  const { address, busyPort } = welcome;
  const rows = [
    ["Server", style.copy(address.url), "API, page and metrics"],
    ...sourceRows(welcome, style),
    ...(busyPort === undefined
      ? []
      : [["", style.warn(`port ${String(busyPort)} is busy, so this is another one`), ""]]),
  ];
  const lines = rows.map(([title = "", text = "", note = ""]) =>
    `  ${style.strong(title.padEnd(TITLE_WIDTH))}${text}${note === "" ? "" : `   ${style.faint(note)}`}`.trimEnd(),
  );
  const waiting = style.faint("  Whatever arrives appears below. Ctrl-C stops.");
  return ["", `  ${headline(welcome, style)}`, "", ...lines, "", waiting, ""].join("\n");
}

const TITLE_WIDTH = 11;

function headline(welcome: Welcome, style: Style): string {
  const { version, startedInMs, store, dataDir, configFile, workingDir } = welcome;
  const stored =
    store === "memory" ? "nothing is kept (memory)" : `data ${shown(dataDir, workingDir)}`;
  const config =
    configFile === undefined ? "no config yet" : `config ${shown(configFile, workingDir)}`;
  const ready = `ready in ${(startedInMs / 1000).toFixed(1)} s`;
  return [
    style.strong(`Ringdown ${version}`),
    style.good(ready),
    style.faint(stored),
    style.faint(config),
  ].join("   ");
}

/** Relative where that is shorter to read. */
function shown(path: string, workingDir: string): string {
  const near = relative(workingDir, path);
  return near === "" || near.startsWith("..") ? path : `./${near}`;
}

function sourceRows(welcome: Welcome, style: Style): readonly (readonly string[])[] {
  const { sources } = welcome.address;
  const [first] = sources;
  if (first === undefined) return [["Sources", style.warn("none: add one to the config"), ""]];
  const isOnly = sources.length === 1;
  const title = isOnly ? "Your URL" : "Your URLs";
  const listed = sources
    .slice(0, SHOWN_SOURCES)
    .map(({ url }, at) => [
      at === 0 ? title : "",
      style.copy(url),
      isOnly ? "any method, any path below it" : "",
    ]);
  const more = sources.length - SHOWN_SOURCES;
  const rest =
    more > 0 ? [["", style.faint(`and ${String(more)} more: ringdown sources`), ""]] : [];
  return [...listed, ...rest, ["Try it", style.copy(tryLine(welcome, first)), ""]];
}

/** A source that checks signatures would refuse a plain curl. */
function tryLine({ providers, address }: Welcome, first: { name: string; url: string }): string {
  const open = address.sources.find(({ name }) => !hasSignatures(providers[name]));
  if (open !== undefined) return `curl ${open.url} -d '{"hello":"world"}'`;
  return `npx ringdown trigger ${providers[first.name] ?? "generic"} --list`;
}

function hasSignatures(provider: string | undefined): boolean {
  return provider !== undefined && provider !== "generic";
}
