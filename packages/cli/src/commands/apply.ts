/**
 * `ringdown apply`: makes the server's configuration that of the file: shows the plan, asks, and
 * does all of it or nothing. What was shown is what is done: if the configuration changed in
 * between, the server refuses.
 */
import type { Command } from "commander";
import { applyConfig, planConfig, readWantedConfig } from "../config-plan.ts";
import { connect } from "../connect.ts";
import type { ExitName } from "../exit-codes.ts";
import { confirm } from "../output/ask.ts";
import { formatPlan, hasChanges } from "../plan-text.ts";
import type { Perform, Session } from "../session.ts";

type ApplyOptions = { readonly prune?: true };

export function defineApply(command: Command, perform: Perform): void {
  command
    .option("--prune", "also remove what the file owned and no longer has")
    .action((options: ApplyOptions) => perform((session) => apply(session, options)));
}

async function apply(session: Session, options: ApplyOptions): Promise<ExitName> {
  const { output } = session;
  const { style } = output;
  const wanted = await readWantedConfig(session.globals, options);
  const client = await connect(session);
  const plan = await planConfig(client, wanted);
  if (output.format === "text") output.print(formatPlan(plan, style));
  if (!hasChanges(plan)) {
    output.show({ type: "applied", ...plan });
    return "done";
  }
  if (!(await confirm(session, "Apply this?"))) return "done";
  const applied = await applyConfig(client, wanted, plan);
  output.show({ type: "applied", ...applied }, () =>
    style.good(`✓ Applied as version ${String(applied.version)}.`),
  );
  return "done";
}
