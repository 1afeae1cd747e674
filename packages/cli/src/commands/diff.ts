/** `ringdown diff`: what applying the configuration file would change on the server. */
import type { Command } from "commander";
import { planConfig, readWantedConfig } from "../config-plan.ts";
import { connect } from "../connect.ts";
import { formatEffect } from "../effect-text.ts";
import type { ExitName } from "../exit-codes.ts";
import { formatPlan, hasChanges } from "../plan-text.ts";
import type { Perform, Session } from "../session.ts";
import { parseWhole } from "../values.ts";

type DiffOptions = { readonly prune?: true; readonly exitCode?: true; readonly past?: number };

const PAST_LIMIT = 10_000;

const NOTES = `
+ is added, ~ changed, - removed, ! belongs to somebody else. Secrets are never shown.

--past 1000 plays the newest 1000 accepted requests through the routes of today and those of the
file, and tells for each route how many it would gain and lose. Nothing is sent.`;

export function defineDiff(command: Command, perform: Perform): void {
  command
    .option("--prune", "also remove what the file owned and no longer has")
    .option("--past <count>", "try it on so many past requests", (text) =>
      parseWhole(text, { min: 1, max: PAST_LIMIT }),
    )
    .option("--exit-code", "end with 2 when there are changes")
    .addHelpText("after", NOTES)
    .action((options: DiffOptions) => perform((session) => diff(session, options)));
}

async function diff(session: Session, options: DiffOptions): Promise<ExitName> {
  const wanted = await readWantedConfig(session.globals, options);
  const plan = await planConfig(await connect(session), wanted, options);
  const { output } = session;
  output.show({ type: "plan", ...plan }, () =>
    [formatPlan(plan, output.style), ...formatEffect(plan.effect, output.style)].join("\n"),
  );
  return options.exitCode === true && hasChanges(plan) ? "no" : "done";
}
