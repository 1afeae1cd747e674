/** Commands that send: trigger and send, correctly signed and not, against a real gateway. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, callInTerminal, records, type RunningGateway, startGateway } from "./support/cli.ts";
import { createFolder } from "./support/folder.ts";

const folder = createFolder();
let gateway: RunningGateway;

const SECRETS = {
  STRIPE: "whsec_2f0c6d7b9a1e4c35",
  GITHUB: "a secret for github",
  SHOPIFY: "a secret for shopify",
  SLACK: "a secret for slack",
  STANDARD: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  GENERIC: "a secret of our own",
};

beforeAll(async () => {
  const config = folder.write(
    "ringdown.yaml",
    `version: 1
sources:
  inbox: {}
  stripe: { provider: stripe, verify: { secrets: ["\${env:STRIPE}"] } }
  github: { provider: github, verify: { secrets: ["\${env:GITHUB}"] } }
  shopify: { provider: shopify, verify: { secrets: ["\${env:SHOPIFY}"] } }
  slack: { provider: slack, verify: { secrets: ["\${env:SLACK}"] } }
  standard: { provider: standard-webhooks, verify: { secrets: ["\${env:STANDARD}"] } }
  held: { provider: github, verify: { secrets: ["\${env:GITHUB}"] }, onFailed: quarantine }
  acme:
    provider: generic
    verify: { secret: "\${env:GENERIC}", header: x-acme, prefix: "v1=", encoding: base64 }
`,
  );
  const args = ["--port", "0", "--store", "memory", "--config", config];
  gateway = await startGateway("dev", { cwd: folder.path, args, env: SECRETS });
});
afterAll(() => gateway.stop());

function env(more: Record<string, string> = {}): { cwd: string; env: Record<string, string> } {
  return { cwd: folder.path, env: { RINGDOWN_SERVER: gateway.url, ...more } };
}

test.each([
  ["stripe", "invoice.paid", "stripe"],
  ["github", "push", "github"],
  ["shopify", "orders/paid", "shopify"],
  ["slack", "app_mention", "slack"],
  ["standard-webhooks", "contact.created", "standard"],
  ["generic", "contact.created", "acme"],
])("a sample of %s, %s, is signed with the secret that its source refers to", async (...sample) => {
  const [provider, type, source] = sample;
  const { code, stdout } = await call(["trigger", provider, type, "--to", source], env(SECRETS));

  expect(records(stdout)).toMatchObject([{ type: "answer", ok: true, status: 200, provider }]);
  expect(code).toBe(0);
  const list = await call(["requests", "-s", source, "-n", "1"], env());
  expect(records(list.stdout)).toMatchObject([
    { outcome: "accepted", verification: { status: "verified" } },
  ]);
});

test("without --to it goes to the source of the provider", async () => {
  const args = ["trigger", "shopify", "orders/create", "--secret", SECRETS.SHOPIFY];
  const { stdout } = await call(args, env());
  expect(records(stdout)[0]).toMatchObject({ ok: true, url: `${gateway.url}/in/shopify` });

  const several = await call(["trigger", "github", "ping", "--secret", SECRETS.GITHUB], env());
  expect(several.code).toBe(64);
  expect(several.stderr).toContain("There are several sources: github, held.");
});

test("--bad-signature is refused, and the refusal is explained", async () => {
  const args = ["trigger", "stripe", "invoice.paid", "--bad-signature"];
  const { code, stdout } = await call(args, env(SECRETS));

  expect(code).toBe(1);
  const [answer] = records(stdout);
  expect(answer).toMatchObject({ ok: false, status: 401 });
  const { requestId } = JSON.parse(answer!["body"] as string) as { requestId: string };
  const explained = await callInTerminal(["explain", requestId], env());
  expect(explained.code).toBe(0);
  expect(explained.screen).toMatch(/^✗ verified {6}The signature does not match the body/m);
  expect(explained.screen).toMatch(/^– routed {8}Only events are routed\.$/m);
});

test("--set changes the body before it is signed, and --id makes a duplicate", async () => {
  const set = ["--set", "data.object.amount_due=7", "--set", "data.object.note=seven"];
  const args = ["trigger", "stripe", "invoice.paid", "--to", "stripe", "--id", "same", ...set];
  const first = await call(args, env(SECRETS));
  const second = await call(args, env(SECRETS));

  expect([first.code, second.code]).toEqual([0, 0]);
  const { stdout } = await call(["requests", "-s", "stripe", "-n", "2"], env());
  const [duplicate, original] = records(stdout);
  expect(duplicate).toMatchObject({ outcome: "duplicate", duplicateOf: original!["eventId"] });
  const body = await call(["requests", "body", original!["id"] as string], env());
  expect(JSON.parse(body.stdout)).toMatchObject({
    data: { object: { amount_due: 7, note: "seven", currency: "eur" } },
  });
});

test("--list names what can be sent", async () => {
  const all = await call(["trigger", "--list"]);
  const slack = await callInTerminal(["trigger", "slack", "--list"]);

  expect(records(all.stdout)).toContainEqual({
    type: "sample",
    provider: "github",
    eventType: "pull_request.opened",
  });
  expect(slack.screen).toBe(
    "slack  app_mention, message, reaction_added, url_verification, /ringdown, block_actions\n",
  );
});

test("a secret that is not known here is asked for, by the name it has", async () => {
  const { code, stderr } = await call(["trigger", "shopify", "orders/paid"], env());

  expect(code).toBe(64);
  expect(stderr).toContain('Give it: --secret "$SHOPIFY"');
});

test.each([
  { args: ["trigger", "shopfy", "orders/paid"], code: 64, says: "Did you mean shopify?" },
  {
    args: ["trigger", "shopify", "orders/lost", "--secret", "12345678"],
    code: 64,
    says: "orders/create",
  },
  { args: ["trigger", "shopify"], code: 64, says: "ringdown trigger --list" },
  {
    args: ["trigger", "stripe", "invoice.paid", "--set", "x"],
    code: 64,
    says: "data.object.amount=5",
  },
  { args: ["send", "stripee", "-d", "x"], code: 1, says: "There is: acme, github, held, inbox" },
  { args: ["send", "inbox", "-H", "no colon"], code: 64, says: 'Write it like "X-Name: value".' },
  { args: ["send", "http://127.0.0.1:1/x"], code: 69, says: "ECONNREFUSED" },
])("what cannot be sent says why: $args", async ({ args, code, says }) => {
  const result = await call(args, env(SECRETS));

  expect(result.stderr).toContain(says);
  expect(result.code).toBe(code);
});

test("[I3] send sends the bytes, headers, method and path that it is told", async () => {
  const bytes = Buffer.from([0x7b, 0xff, 0x00, 0x0a, 0x7d]);
  const headers = ["-H", "X-Twice: 1", "-H", "x-twice: 2", "-H", "Content-Type: application/x"];
  const target = "inbox/some/where?a=1&a=2";
  const args = ["send", target, "-X", "PATCH", "-d", "@-", ...headers];
  const { code, stdout } = await call(args, { ...env(), input: bytes });

  expect(code).toBe(0);
  expect(records(stdout)[0]).toMatchObject({ method: "PATCH", bodyBytes: 5, ok: true });
  const list = await call(["requests", "-s", "inbox", "-n", "1"], env());
  const id = records(list.stdout)[0]!["id"] as string;
  const shown = records((await call(["requests", "get", id], env())).stdout)[0];
  expect(shown).toMatchObject({ method: "PATCH", path: "/some/where", query: "a=1&a=2" });
  expect(shown!["headers"]).toEqual(
    expect.arrayContaining([
      ["X-Twice", "1"],
      ["x-twice", "2"],
      ["Content-Type", "application/x"],
    ]),
  );
  const body = await fetch(`${gateway.url}/api/v1/requests/${id}/body`);
  expect(Buffer.from(await body.arrayBuffer())).toEqual(bytes);
});

test("what was held back is released when it verifies, or when somebody vouches for it", async () => {
  await call(["send", "held", "-d", "{}", "-H", "X-GitHub-Event: push"], env());
  const [held] = records((await call(["requests", "-s", "held", "-n", "1"], env())).stdout);
  expect(held).toMatchObject({ outcome: "quarantined" });
  const release = ["requests", "release", held!["id"] as string];

  const refused = await call(release, env());
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("It still does not verify.");

  const { code, stdout } = await call([...release, "--force"], env());
  expect(code).toBe(0);
  expect(records(stdout)).toMatchObject([{ type: "event", source: "held" }]);
});
