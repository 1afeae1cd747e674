import { expect, test } from "vitest";
import { compileDepsWith, documentWith } from "../../tests/support/registry-world.ts";
import type { ActiveConfig } from "../model/active.ts";
import { checkDocument } from "./check-document.ts";
import { createDiffEffect } from "./diff-effect.ts";

function configWith(routes: object): ActiveConfig {
  const parts = {
    sources: { a: {}, b: {} },
    destinations: { d: { url: "https://d.example" } },
    routes,
  };
  const { active, problems } = checkDocument(documentWith(parts), compileDepsWith());
  expect(problems).toEqual([]);
  return active;
}

function request(sourceNo: number, body: object) {
  return {
    sourceNo,
    method: "POST",
    path: "",
    query: "",
    headers: [],
    body: Buffer.from(JSON.stringify(body)),
  };
}

test("counts per route what would be gained and lost", () => {
  const before = configWith({
    paid: { from: "a", to: "d", when: 'body.type == "paid"' },
    gone: { from: "a", to: "d" },
  });
  const after = configWith({
    paid: { from: ["a", "b"], to: "d", when: 'body.type == "paid" && body.amount > 10' },
    fresh: { from: "b", to: "d", when: 'eventType == "made"' },
  });
  const effect = createDiffEffect(before, after);
  effect.add(request(1, { type: "paid", amount: 5 }));
  effect.add(request(1, { type: "paid", amount: 50 }));
  effect.add(request(2, { type: "paid", amount: 50 }));
  effect.add(request(2, { type: "made" }));
  effect.add(request(99, { type: "paid", amount: 50 }));
  expect(effect.result()).toEqual({
    requestCount: 5,
    routes: [
      { route: "fresh", before: 0, after: 1, gained: 1, lost: 0 },
      { route: "gone", before: 2, after: 0, gained: 0, lost: 2 },
      { route: "paid", before: 2, after: 2, gained: 1, lost: 1 },
    ],
  });
});
