/** Commands about the configuration file: validate, test, diff, apply and export, against a real gateway where one is needed. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  call,
  callInTerminal,
  openTerminal,
  records,
  type RunningGateway,
  startGateway,
} from "./support/cli.ts";
import { closedUrl } from "./support/closed-port.ts";
import { createFolder } from "./support/folder.ts";

const folder = createFolder();
let gateway: RunningGateway;

beforeAll(async () => {
  const args = ["--port", "0", "--store", "memory"];
  gateway = await startGateway("dev", { cwd: createFolder().path, args });
});
afterAll(() => gateway.stop());

const CONFIG = `version: 1
sources:
  shop: { provider: stripe, verify: { secrets: ["\${env:WHSEC:-whsec_of_a_test}"] } }
destinations:
  inventory: { url: "https://inventory.example.com/hooks" }
routes:
  paid: { from: shop, when: body.type == "invoice.paid", to: inventory }
tests:
  - name: paid invoices reach the inventory
    request: fixture.json
    expect: { routes: [paid] }
  - name: the patch makes it miss
    request: fixture.json
    patch: { body.type: invoice.voided }
    expect: { routes: [] }
`;

function env(): { cwd: string; env: Record<string, string> } {
  return { cwd: folder.path, env: { RINGDOWN_SERVER: gateway.url } };
}

test("without a file it is said which one is missing, and how to make one", async () => {
  const { code, stderr } = await call(["validate"], { cwd: createFolder().path });

  expect(code).toBe(65);
  expect(stderr).toContain("There is no ringdown.yaml here.");
  expect(stderr).toContain("ringdown export > ringdown.yaml");
});

test("a valid file is told in numbers", async () => {
  const file = folder.write("ringdown.yaml", CONFIG);
  const { code, screen } = await callInTerminal(["validate"], { cwd: folder.path });

  expect(code).toBe(0);
  expect(screen).toBe(`✓ ${file} is valid: 1 source, 1 destination, 1 route\n`);
});

test("all problems come at once, each with line, column and what was meant", async () => {
  const file = folder.write(
    "wrong.yaml",
    `version: 1
server: { prot: 8484 }
sources:
  shop: { provider: strpe }
destinations:
  inventory: { url: "ftp://inventory.example.com" }
routes:
  paid: { from: shop, when: "body.type ==", to: inventry }
`,
  );
  const options = { cwd: folder.path, env: { RINGDOWN_PORT: "not looked at" } };
  const { code, stdout } = await call(["validate", "--config", "wrong.yaml"], options);

  expect(code).toBe(65);
  const [result] = records(stdout);
  expect(result).toMatchObject({ type: "result", valid: false, file });
  const problems = (result!["problems"] as readonly string[]).join("\n");
  expect(problems).toMatch(new RegExp(`^${file}:4:\\d+ sources\\.shop\\.provider: `, "m"));
  expect(problems).toMatch(/wrong\.yaml:6:\d+ destinations\.inventory\.url: /);
  expect(problems).toMatch(/wrong\.yaml:8:\d+ routes\.paid\.when: /);
  expect(problems).toMatch(/routes\.paid\.to: .*Did you mean "inventory"\?/);
  const shown = await callInTerminal(["validate", "--config", "wrong.yaml"], options);
  expect(shown.code).toBe(65);
  expect(shown.screen).toMatch(/\d problems\n$/);
});

test("the server block is checked too", async () => {
  folder.write("server.yaml", "version: 1\nserver: { prot: 8484 }\n");
  const { code, stdout } = await call(["validate", "--config", "server.yaml"], {
    cwd: folder.path,
  });

  expect(code).toBe(65);
  expect(stdout).toMatch(/server\.yaml:2:\d+ server\.prot: .*Did you mean \\"port\\"\?/);
});

test("tests run offline; those that fail say what was not taken, and why", async () => {
  folder.write("fixture.json", JSON.stringify({ type: "invoice.paid" }));
  folder.write("ringdown.yaml", CONFIG);
  const passed = await callInTerminal(["test"], { cwd: folder.path });
  expect(passed.screen).toBe(
    "✓ paid invoices reach the inventory\n✓ the patch makes it miss\n2 tests passed\n",
  );
  expect(passed.code).toBe(0);

  folder.write("failing.yaml", CONFIG.replace("{ routes: [] }", "{ routes: [paid] }"));
  const failed = await callInTerminal(["test", "--config", "failing.yaml"], { cwd: folder.path });
  expect(failed.code).toBe(2);
  expect(failed.screen).toMatch(
    /^✗ the patch makes it miss\n {4}expected paid, which was not taken: .+$/m,
  );
  expect(failed.screen).toContain("1 test passed, 1 failed");
});

test("diff shows the plan, apply asks, applies, and then there is nothing left to change", async () => {
  folder.write("ringdown.yaml", CONFIG);
  const planned = await callInTerminal(["diff", "--exit-code"], env());
  expect(planned.code).toBe(2);
  expect(planned.screen).toBe(
    "+ sources/shop\n+ destinations/inventory\n+ routes/paid\nPlan: 3 to add, 0 to change, 0 to remove.\n",
  );

  const unasked = await call(["apply"], env());
  expect(unasked.code).toBe(64);
  expect(unasked.stderr).toContain("Add --yes.");

  const refused = openTerminal(["apply"], env());
  await refused.shows("Apply this? [y/N]");
  refused.type("n\r");
  expect(await refused.ended()).toBe(0);

  const applied = await call(["apply", "--yes"], env());
  expect(applied.code).toBe(0);
  expect(records(applied.stdout)).toMatchObject([{ type: "applied", dryRun: false }]);

  const after = await callInTerminal(["diff", "--exit-code"], env());
  expect(after.code).toBe(0);
  expect(after.screen).toBe("Nothing to change: the server has this configuration.\n");
});

test("changed fields are shown, and what left the file is removed only with --prune", async () => {
  folder.write("ringdown.yaml", CONFIG);
  await call(["apply", "--yes"], env());
  const [head = ""] = CONFIG.split("routes:");
  folder.write("ringdown.yaml", head.replace("/hooks", "/webhooks"));

  const kept = await callInTerminal(["diff"], env());
  expect(kept.screen).toMatch(/^~ destinations\/inventory\n {4}url:/m);
  expect(kept.screen).toContain("/webhooks");
  expect(kept.screen).not.toMatch(/^- /m);
  const pruned = await callInTerminal(["diff", "--prune"], env());
  expect(pruned.screen).toMatch(/^- routes\/paid$/m);

  folder.write("other.yaml", CONFIG);
  const foreign = await callInTerminal(["diff", "--config", "other.yaml"], env());
  expect(foreign.screen).toContain(
    "! sources/shop belongs to file:ringdown.yaml and is not touched\n",
  );
});

const NOBODY = await closedUrl();

const largeWhen = (when: string): string => `version: 1
sources: { orders: { verify: none } }
destinations: { large: { url: "${NOBODY}", allowPrivate: true, retry: { schedule: [] } } }
routes: { large: { from: orders, to: large, when: "${when}" } }
`;

test("diff --past tells what a change would have meant for what came already", async () => {
  folder.write("ringdown.yaml", largeWhen("true"));
  await call(["apply", "--yes"], env());
  for (const amount of [5, 50, 500]) {
    await call(["send", "orders", "-d", JSON.stringify({ amount })], env());
  }
  folder.write("ringdown.yaml", largeWhen("body.amount >= 50"));

  const { code, screen } = await callInTerminal(["diff", "--past", "100"], env());
  expect(code).toBe(0);
  expect(screen).toContain("Of 3 past requests, these routes would take others than today:\n");
  expect(screen).toMatch(/^ +3 +2 +\+0 +-1 {2}large$/m);
  const { stdout } = await call(["diff", "--past", "1"], env());
  expect(records(stdout)).toMatchObject([{ effect: { requestCount: 1 } }]);

  folder.write("ringdown.yaml", largeWhen("true"));
  const same = await callInTerminal(["diff", "--past", "100"], env());
  expect(same.screen).toContain("every one takes the routes it takes today.");
});

test("[I8] no secret is ever shown, neither by diff nor by export", async () => {
  folder.write("ringdown.yaml", CONFIG);
  await call(["apply", "--yes"], env());
  folder.write(
    "ringdown.yaml",
    CONFIG.replace("${env:WHSEC:-whsec_of_a_test}", "${env:OTHER:-whsec_two_of_a_test}"),
  );
  const literal = {
    name: "literal",
    provider: "github",
    verify: { secret: "a secret in the clear" },
  };
  const created = await fetch(`${gateway.url}/api/v1/sources`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(literal),
  });
  expect(created.status).toBe(201);

  const exported = await call(["export"], env());
  expect(exported.stdout).toMatch(/^# yaml-language-server: \$schema=http.*\nversion: 1\n/);
  expect(exported.stdout).toContain("${env:WHSEC:-whsec_of_a_test}");
  expect(exported.stdout).not.toContain("a secret in the clear");
  const json = await call(["export", "--json"], env());
  expect(JSON.parse(json.stdout)).toMatchObject({ sources: { shop: { provider: "stripe" } } });
  expect(json.stdout).not.toContain("a secret in the clear");
});

test("what the server refuses is told with the place in the file", async () => {
  folder.write("ringdown.yaml", CONFIG.replace("to: inventory", "to: inventry"));
  const { code, stderr } = await call(["diff"], env());

  expect(code).toBe(65);
  expect(stderr).toMatch(/ringdown\.yaml:7:\d+ routes\.paid\.to: .*Did you mean "inventory"\?/);
});
