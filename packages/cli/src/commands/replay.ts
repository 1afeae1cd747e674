/**
 * `ringdown replay`: new deliveries from stored events: of some by id, or of all that fit a filter.
 * Counts first and asks, then shows how far it has got; Ctrl-C stops it on the server too.
 */
import type { Client, NewReplay, Replay, ReplayPlan } from "@ringdown/client";
import type { Command } from "commander";
import { connect } from "../connect.ts";
import type { ExitName } from "../exit-codes.ts";
import { CliError } from "../failure.ts";
import { given, timesOf } from "../listing/query.ts";
import { confirm } from "../output/ask.ts";
import type { Output } from "../output/output.ts";
import { formatCount } from "../output/units.ts";
import { waitForReplay } from "../replay-progress.ts";
import type { Perform, Session } from "../session.ts";
import { parseRate } from "../values.ts";

type ReplayOptions = {
  readonly source?: string;
  readonly type?: string;
  readonly since?: string;
  readonly until?: string;
  readonly unmatched?: true;
  readonly state?: string;
  readonly destination?: string;
  readonly to?: string;
  readonly currentRoutes?: true;
  readonly rate?: string;
  readonly dryRun?: true;
};

const EXAMPLES = `
Examples:
  ringdown replay evt_01JX…                                  where it went before
  ringdown replay evt_01JX… --to staging                     to another destination
  ringdown replay --destination crm --state dead --since 1d --rate 20/s
  ringdown replay --unmatched --current-routes --dry-run     how many would match today?

A replay makes new deliveries; to try one delivery again: ringdown deliveries retry dlv_…`;

export function defineReplay(command: Command, perform: Perform): void {
  command
    .argument("[id...]", "evt_… or req_…; without any, the filters choose")
    .optionsGroup("Filters:")
    .option("-s, --source <name>", "only from this source")
    .option("-t, --type <type>", "only this event type")
    .option("--since <time>", "received at or after; 2h is two hours ago")
    .option("--until <time>", "received before")
    .option("--unmatched", "only those that matched no route")
    .option("-d, --destination <name>", "only those with a delivery to this destination")
    .option("--state <states>", "only deliveries that are dead, cancelled or delivered")
    .optionsGroup("Options:")
    .option("--to <destination>", "deliver there, whatever the routes say")
    .option("--current-routes", "where today's routes lead, not where they led then")
    .option("--rate <rate>", "new deliveries per time, such as 20/s (default: unlimited)")
    .option("--dry-run", "only count")
    .addHelpText("after", EXAMPLES)
    .action((ids: readonly string[], options: ReplayOptions) =>
      perform((session) => replay(session, ids, options)),
    );
}

async function replay(
  session: Session,
  ids: readonly string[],
  options: ReplayOptions,
): Promise<ExitName> {
  const wanted = readWanted(ids, options, session.io.nowMs());
  const client = await connect(session);
  // Ids were chosen one by one; what a filter chooses should be seen before it happens.
  if (options.dryRun === true || (ids.length === 0 && !session.globals.yes)) {
    const plan = await client.post("/api/v1/replays", { body: { ...wanted, dryRun: true } });
    if (options.dryRun === true || plan.deliveryCount === 0) return showPlan(session.output, plan);
    if (!(await confirm(session, `Make ${describePlan(plan)}?`))) return "done";
  }
  return start(session, client, wanted);
}

async function start(session: Session, client: Client, wanted: NewReplay): Promise<ExitName> {
  const signal = session.interrupts.signal();
  const created = await client.post("/api/v1/replays", { body: wanted });
  if (created.dryRun) return showPlan(session.output, created);
  const ended = await waitForReplay(session, { client, replay: created, signal });
  showEnd(session.output, ended);
  if (ended.state === "cancelled" && signal.aborted) return "interrupted";
  return ended.state === "done" ? "done" : "failed";
}

/** @throws usage when nothing, or too much, was said about what to replay */
function readWanted(ids: readonly string[], options: ReplayOptions, nowMs: number): NewReplay {
  const { source, type: eventType, destination, unmatched, state } = options;
  const deliveryStates = state === undefined ? undefined : parseStates(state);
  const filter = {
    ...given({ source, eventType, destination, unmatched, deliveryStates }),
    ...timesOf(options, nowMs),
  };
  const hasFilter = Object.keys(filter).length > 0;
  if (ids.length > 0 === hasFilter) {
    throw new CliError(
      "usage",
      hasFilter
        ? "Give either ids or filters."
        : "Say what to replay: ids, or at least one filter.",
      "ringdown replay --help",
    );
  }
  const { to, currentRoutes, rate } = options;
  return {
    ...(hasFilter ? { filter } : { events: ids.map(eventIdOf) }),
    ...given({
      destination: to,
      routes: currentRoutes === true ? ("current" as const) : undefined,
      ratePerSecond: rate === undefined ? undefined : parseRate(rate),
    }),
  };
}

/** A request and its event are one record: their ids differ in nothing but the prefix. */
function eventIdOf(id: string): string {
  if (/^(?:evt|req)_/.test(id)) return id.replace(/^req_/, "evt_");
  const fix = id.startsWith("dlv_") ? `ringdown deliveries retry ${id}` : "ringdown events";
  throw new CliError("usage", `"${id}" is not the id of an event or a request.`, fix);
}

const STATES = ["dead", "cancelled", "delivered"] as const;

function parseStates(text: string): readonly (typeof STATES)[number][] {
  return text.split(",").map((word) => {
    const state = STATES.find((one) => one === word.trim());
    if (state !== undefined) return state;
    throw new CliError("usage", `"${word}" is no state to replay.`, `Use: ${STATES.join(", ")}.`);
  });
}

function showPlan(output: Output, plan: Replay | ReplayPlan): ExitName {
  output.show({ type: "replayPlan", ...plan }, () => `A replay would make ${describePlan(plan)}.`);
  return "done";
}

function describePlan({ eventCount, deliveryCount, skipped }: Replay | ReplayPlan): string {
  const made = formatCount(deliveryCount, "delivery", "deliveries");
  const reasons = Object.entries(skipped).map(
    ([reason, count]) =>
      `${count.toLocaleString("en-US")} left out (${reason.replaceAll("_", " ")})`,
  );
  return [`${made} of ${formatCount(eventCount, "event")}`, ...reasons].join("; ");
}

function showEnd(output: Output, ended: Replay): void {
  output.show({ type: "replay", ...ended }, () => {
    const { style } = output;
    const made = formatCount(ended.madeCount, "delivery", "deliveries");
    const follow = style.faint(`ringdown deliveries list --replay ${ended.id}`);
    if (ended.state === "done") return `${style.good("✓")} ${made} made   ${follow}`;
    const why = ended.cause === null ? "" : `: ${ended.cause}`;
    return `${style.warn(ended.state)} after ${made}${why}   ${follow}`;
  });
}
