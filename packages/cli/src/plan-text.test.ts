import type { Plan } from "@ringdown/client";
import { expect, test } from "vitest";
import { plainStyle } from "./output/style.ts";
import { formatPlan, hasChanges } from "./plan-text.ts";

type Change = Plan["changes"][number];

function plan(...changes: readonly Partial<Change>[]): Plan {
  const whole = changes.map((change) => ({
    kind: "routes" as const,
    name: "paid",
    action: "keep" as const,
    owner: null,
    fields: [],
    ...change,
  }));
  return { dryRun: true, baseVersion: 1, version: null, effect: null, changes: whole };
}

test("each change has its sign, and the sum is at the end", () => {
  const shown = formatPlan(
    plan(
      { action: "add", kind: "sources", name: "new" },
      { action: "remove", name: "old" },
      { action: "foreign", name: "theirs", owner: "file:other.yaml" },
      { action: "change", fields: [{ path: "to", before: "a", after: "b" }] },
      { action: "keep" },
    ),
    plainStyle,
  );
  expect(shown).toBe(
    [
      "+ sources/new",
      "- routes/old",
      "! routes/theirs belongs to file:other.yaml and is not touched",
      "~ routes/paid",
      "    to: a → b",
      "Plan: 1 to add, 1 to change, 1 to remove; 1 resource stays as it is.",
    ].join("\n"),
  );
});

test("long values stand below each other, absent ones are called so, secrets stay hidden", () => {
  const long = `body.type == "checkout.session.completed"`;
  const fields = [
    { path: "when", before: long, after: `${long} && body.livemode` },
    { path: "enabled", before: undefined, after: false },
    { path: "verify.secret", before: "•••", after: "••• changed" },
  ];
  const shown = formatPlan(plan({ action: "change", fields }), plainStyle);
  expect(shown).toContain(`    when:\n      - ${long}\n      + ${long} && body.livemode\n`);
  expect(shown).toContain("    enabled: (none) → false\n");
  expect(shown).toContain("    verify.secret: ••• → ••• changed\n");
});

test("a plan without changes says so", () => {
  expect(hasChanges(plan({ action: "keep" }, { action: "foreign" }))).toBe(false);
  expect(formatPlan(plan({ action: "keep" }), plainStyle)).toMatch(/^Nothing to change/);
});
