/** `ringdown diff`: what applying the configuration file would change on the server. */
import type { Command } from "commander";
import { planConfig, readWantedConfig } from "../config-plan.ts";
import { connect } from "../connect.ts";
import type { ExitName } from "../exit-codes.ts";
import { formatPlan, hasChanges } from "../plan-text.ts";
import type { Perform, Session } from "../session.ts";

type DiffOptions = { readonly prune?: true; readonly exitCode?: true };

const NOTES = `
+ is added, ~ changed, - removed, ! belongs to somebody else. Secrets are never shown.`;

export function defineDiff(command: Command, perform: Perform): void {
  command
    .option("--prune", "also remove what the file owned and no longer has")
    .option("--exit-code", "end with 2 when there are changes")
    .addHelpText("after", NOTES)
    .action((options: DiffOptions) => perform((session) => diff(session, options)));
}

async function diff(session: Session, options: DiffOptions): Promise<ExitName> {
  const wanted = await readWantedConfig(session.globals, options);
  const plan = await planConfig(await connect(session), wanted);
  const { output } = session;
  output.show({ type: "plan", ...plan }, () => formatPlan(plan, output.style));
  return options.exitCode === true && hasChanges(plan) ? "no" : "done";
}
