/** A plan as `diff` and `apply` show it: one entry per change, its fields below it, then the sum. */
import type { Plan } from "@ringdown/client";
import { printable } from "./output/printable.ts";
import type { Style } from "./output/style.ts";
import { formatCount } from "./output/units.ts";

type Change = Plan["changes"][number];

export function hasChanges(plan: Plan): boolean {
  return plan.changes.some(({ action }) => isChange(action));
}

export function formatPlan(plan: Plan, style: Style): string {
  const entries = plan.changes.flatMap((change) => formatChange(change, style));
  if (entries.length === 0)
    return style.good("Nothing to change: the server has this configuration.");
  return [...entries, summarise(plan)].join("\n");
}

function isChange(action: Change["action"]): boolean {
  return action === "add" || action === "change" || action === "remove";
}

function formatChange(change: Change, style: Style): readonly string[] {
  const name = printable(`${change.kind}/${change.name}`);
  switch (change.action) {
    case "keep":
      return [];
    case "add":
      return [style.good(`+ ${name}`)];
    case "remove":
      return [style.bad(`- ${name}`)];
    case "foreign": {
      const owner = printable(change.owner ?? "somebody else");
      return [style.warn(`! ${name} belongs to ${owner} and is not touched`)];
    }
    case "change":
      return [
        style.warn(`~ ${name}`),
        ...change.fields.flatMap((field) => formatField(field, style)),
      ];
  }
}

/** Short values on one line; long ones below each other, where the difference can be seen. */
const ONE_LINE = 60;

function formatField(field: Change["fields"][number], style: Style): readonly string[] {
  const path = printable(field.path);
  const before = formatValue(field.before);
  const after = formatValue(field.after);
  if (before.length + after.length <= ONE_LINE) {
    return [`    ${path}: ${style.bad(before)} → ${style.good(after)}`];
  }
  return [`    ${path}:`, `      ${style.bad(`- ${before}`)}`, `      ${style.good(`+ ${after}`)}`];
}

function formatValue(value: unknown): string {
  if (value === undefined || value === null) return "(none)";
  return printable(typeof value === "string" ? value : JSON.stringify(value));
}

function summarise({ changes }: Plan): string {
  const count = (action: Change["action"]): number =>
    changes.filter((change) => change.action === action).length;
  const parts = [
    `${String(count("add"))} to add`,
    `${String(count("change"))} to change`,
    `${String(count("remove"))} to remove`,
  ];
  const same = count("keep");
  const stays = same === 1 ? "stays as it is" : "stay as they are";
  const rest = same === 0 ? "" : `; ${formatCount(same, "resource")} ${stays}`;
  return `Plan: ${parts.join(", ")}${rest}.`;
}
