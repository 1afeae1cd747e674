/**
 * `ringdown fsck`: counts from the journal itself what was accepted and what became of it, and
 * fails if the two sides differ (I2). Reads the store of a stopped gateway, or asks a server.
 */
import type { Ledger } from "@ringdown/client";
import type { StoppedStore } from "@ringdown/server";
import type { Command } from "commander";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { connect } from "../connect.ts";
import type { ExitName } from "../exit-codes.ts";
import { describeFailure } from "../failure.ts";
import type { Output } from "../output/output.ts";
import { printable } from "../output/printable.ts";
import { serverFlags } from "../server-options.ts";
import type { Perform, Session } from "../session.ts";

/** The server's default. */
const USUAL_DATA = ".ringdown";

const NOTES = `
Asks the server. With --data DIR or --store URL, or when no server answers, the store of a stopped
gateway is read instead: that recovers it first, as a start would, and delivers nothing.

Exit code 0: everything adds up; 2: it does not, and what is wrong is listed.`;

export function defineFsck(command: Command, perform: Perform): void {
  command.addHelpText("after", NOTES).action(() => perform(fsck));
}

type Counts = Pick<
  Ledger,
  "requests" | "unmatched" | "owed" | "delivered" | "dead" | "cancelled" | "pending" | "problems"
>;

async function fsck(session: Session): Promise<ExitName> {
  const counts = await readCounts(session);
  const { delivered, dead, cancelled, pending, owed } = counts;
  const problems = [...counts.problems];
  const accounted = delivered + dead + cancelled + pending;
  if (accounted !== owed) {
    problems.push(
      `${String(owed)} deliveries are owed, and ${String(accounted)} are accounted for`,
    );
  }
  show(session.output, counts, problems);
  return problems.length === 0 ? "done" : "no";
}

/** The store that was named, else the server, else the usual folder: whichever can be read. */
async function readCounts(session: Session): Promise<Counts> {
  const { globals, output } = session;
  const folder = resolve(globals.data ?? USUAL_DATA);
  const database = await namedDatabase(session);
  const place = database === undefined ? folder : "the database";
  if (globals.data === undefined && database === undefined) {
    try {
      return await askServer(session);
    } catch (error) {
      if (describeFailure(error).exit !== "unreachable" || !existsSync(folder)) throw error;
      output.talk(`No server answers at ${globals.server}: reading ${folder}.`);
    }
  }
  const { readLedger } = await import("@ringdown/server");
  try {
    return await readLedger({ dataDir: folder, ...database });
  } catch (error) {
    if (describeFailure(error).code !== "storage_locked") throw error;
    output.talk(`A running gateway holds ${place}: asking ${globals.server}.`);
    return askServer(session);
  }
}

/** What `--store` says, and the variables that a gateway would read. */
async function namedDatabase({
  globals,
}: Session): Promise<Pick<StoppedStore, "store" | "storeSchema"> | undefined> {
  if (globals.store === undefined || !globals.store.startsWith("postgres")) return undefined;
  const { loadSettings } = await import("@ringdown/server");
  const { store, storeSchema } = loadSettings({
    mode: "serve",
    flags: serverFlags({}, globals),
  }).options;
  return { store, storeSchema };
}

async function askServer(session: Session): Promise<Counts> {
  const client = await connect(session);
  return client.get("/api/v1/ledger", {});
}

function show(output: Output, counts: Counts, problems: readonly string[]): void {
  const { requests, unmatched, owed, delivered, dead, cancelled, pending } = counts;
  const sound = problems.length === 0;
  const ledger = { requests, unmatched, owed, delivered, dead, cancelled, pending };
  output.show({ type: "ledger", sound, ...ledger, problems }, () => {
    const { style } = output;
    const outcomes = Object.entries(requests).map(([outcome, count]) => line(outcome, count));
    return [
      style.strong("requests"),
      ...outcomes,
      style.strong("deliveries owed"),
      ...Object.entries({ owed, delivered, pending, dead, cancelled }).map(([name, count]) =>
        line(name, count),
      ),
      line("no route", unmatched),
      ...problems.map((problem) => `${style.bad("✗")} ${printable(problem)}`),
      ...(sound ? [`${style.good("✓")} Everything accepted is accounted for.`] : []),
    ].join("\n");
  });
}

const NAME_WIDTH = 14;
const COUNT_WIDTH = 12;

function line(name: string, count: number): string {
  return `  ${name.padEnd(NAME_WIDTH)}${count.toLocaleString("en-US").padStart(COUNT_WIDTH)}`;
}
