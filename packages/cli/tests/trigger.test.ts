/**
 * `ringdown trigger` as every provider, against one real gateway that has a source for each of them; and
 * what providers do beside sending events, against the gateway and a small receiver.
 */
import {
  answerHandshake,
  compileVerifier,
  getProvider,
  headersFromRaw,
  lazyContent,
  listProviders,
} from "@ringdown/receiver";
import {
  listSamples,
  newSampleSecret,
  signsAtProviderOnly,
  signsWithPrivateKey,
} from "@ringdown/receiver/samples";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closedUrl } from "./support/closed-port.ts";
import { call, callInTerminal, records, type RunningGateway, startGateway } from "./support/cli.ts";
import { createFolder } from "./support/folder.ts";
import { callHere } from "./support/in-process.ts";

const folder = createFolder();
const samples = listSamples();
const providers = listProviders().filter(({ name }) =>
  samples.some(({ provider }) => provider === name),
);

const variable = (name: string): string => `SECRET_${name.replaceAll("-", "_").toUpperCase()}`;
const secrets = new Map(providers.map(({ name, recipe }) => [name, newSampleSecret(recipe)]));
const secretOf = (name: string): string => secrets.get(name)!.secret;

/** As the gateway knows them: secrets, or public keys. */
const configured = Object.fromEntries(
  providers.map(({ name }) => [variable(name), secrets.get(name)!.configured]),
);

function sourceLine({ name, recipe }: (typeof providers)[number]): string {
  const isChecked = recipe.scheme !== "none" && !signsAtProviderOnly(recipe);
  const verify = isChecked ? `{ secret: "\${env:${variable(name)}}" }` : "none";
  return `  ${name}: { provider: ${name}, verify: ${verify} }`;
}

let gateway: RunningGateway;

beforeAll(async () => {
  const lines = ["version: 1", "sources:", ...providers.map(sourceLine)];
  const config = folder.write("ringdown.yaml", `${lines.join("\n")}\n`);
  const args = ["--port", "0", "--store", "memory", "--config", config];
  gateway = await startGateway("dev", { cwd: folder.path, args, env: configured });
});
afterAll(() => gateway.stop());

/** With the gateway and the secrets of its sources. */
function callGateway(args: readonly string[]): ReturnType<typeof callHere> {
  return callHere([...args, "--server", gateway.url], configured);
}

/** A source with a public key wants the private one; the others find their secret by its name. */
function secretArgs({ name, recipe }: (typeof providers)[number]): readonly string[] {
  return signsWithPrivateKey(recipe) ? ["--secret", secretOf(name)] : [];
}

test.each(providers.map((provider) => ({ name: provider.name, provider })))(
  "an event of $name is accepted by a source that is configured for it",
  async ({ name, provider }) => {
    const type = samples.find((one) => one.provider === name)!.type;
    const args = ["trigger", name, type, "--to", name, ...secretArgs(provider)];
    const { code, stdout, stderr } = await callGateway(args);

    expect(stderr).toBe("");
    expect(records(stdout)).toMatchObject([{ type: "answer", ok: true, provider: name }]);
    expect(code).toBe(0);
    const listed = await callGateway(["requests", "-s", name, "-n", "1"]);
    const [request] = records(listed.stdout);
    expect(request).toMatchObject({ outcome: "accepted" });
    const isOpen = provider.recipe.scheme === "none" || signsAtProviderOnly(provider.recipe);
    const { status } = request!["verification"] as { readonly status: string };
    expect(status).toMatch(isOpen ? /^unverified$/ : /^(verified|authenticated)$/);
  },
);

test("--count sends events with ids of their own, --batch several in one request", async () => {
  const args = ["trigger", "sendgrid", "open", "--to", "sendgrid", "--count", "3", "--batch", "4"];
  const secret = ["--secret", secretOf("sendgrid")];
  const { code, stdout } = await callGateway([...args, ...secret]);

  expect(code).toBe(0);
  expect(records(stdout)).toHaveLength(3);
  const { stdout: listed } = await callGateway(["requests", "-s", "sendgrid", "-n", "3"]);
  for (const request of records(listed)) {
    expect(request).toMatchObject({ outcome: "accepted" });
    const body = await callGateway(["requests", "body", request["id"] as string]);
    expect(JSON.parse(body.stdout)).toHaveLength(4);
  }
});

/** Those that sign their handshakes, which the gateway answers as it is. */
test.each(["discord", "github", "okta", "slack", "twitch"])(
  "the handshake of %s is answered by the gateway to its content",
  async (name) => {
    const args = ["trigger", name, "--handshake", "--to", name, ...secretArgs(getProvider(name))];
    const { code, stdout } = await callGateway(args);

    const all = records(stdout);
    expect(all).toHaveLength(getProvider(name).handshakes.length);
    for (const one of all) expect(one).toMatchObject({ type: "handshake", ok: true, problems: [] });
    expect(code).toBe(0);
  },
);

test.each(["discord", "xero", "stripe"])(
  "--probe of %s is refused by the gateway",
  async (name) => {
    const args = ["trigger", name, "--probe", "--to", name, ...secretArgs(getProvider(name))];
    const { code, stdout } = await callGateway(args);
    expect(records(stdout)).toMatchObject([{ type: "probe", ok: true, status: 401 }]);
    expect(code).toBe(0);
  },
);

type Receiver = { readonly url: string; readonly seen: readonly IncomingMessage[] };

/** A receiver of one's own, which answers as the function says. */
async function startReceiver(
  answer: (httpRequest: IncomingMessage, body: Buffer, httpResponse: ServerResponse) => void,
): Promise<Receiver> {
  const seen: IncomingMessage[] = [];
  const server = createServer((httpRequest, httpResponse) => {
    seen.push(httpRequest);
    void buffer(httpRequest).then((body) => answer(httpRequest, body, httpResponse));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${String(port)}/in`, seen };
}

/** Answers the handshakes of a provider by the library, with the secret or the agreed token. */
function startAnswering(name: string, token?: string): Promise<Receiver> {
  const provider = getProvider(name);
  return startReceiver((httpRequest, body, httpResponse) => {
    const headers = headersFromRaw(httpRequest.rawHeaders);
    const url = `http://${String(httpRequest.headers.host)}${String(httpRequest.url)}`;
    const secretList = [secretOf(name)];
    const input = { method: String(httpRequest.method), url, headers, body, nowMs: Date.now() };
    const result = compileVerifier(provider.recipe, secretList).verify(input);
    const content = lazyContent(body, headers.get("content-type"));
    const answer = answerHandshake(
      provider,
      { ...input, content, secrets: secretList, ...(token !== undefined && { token }) },
      result,
    );
    httpResponse.writeHead(answer?.status ?? 404, [...(answer?.headers ?? [])]);
    httpResponse.end(answer?.body);
  });
}

test.each([
  { name: "braintree", more: [] },
  { name: "cloudevents", more: [] },
  { name: "dropbox", more: [] },
  { name: "ebay", more: ["--unsigned"] },
  { name: "microsoft-graph", more: [] },
  { name: "monday", more: [] },
  { name: "ringcentral", more: [] },
  { name: "x", more: [] },
  { name: "zoom", more: [] },
  { name: "meta", more: ["--verify-token", "agreed-upon"] },
])("the handshake of $name is answered by the library to its content", async ({ name, more }) => {
  const { url } = await startAnswering(name, "agreed-upon");
  const args = ["trigger", name, "--handshake", "--to", url, ...more];
  const right = await callHere([...args, "--secret", secretOf(name)], {});
  expect(records(right.stdout)).toMatchObject([{ type: "handshake", ok: true, status: 200 }]);
  expect(right.code).toBe(0);
});

test("an answer that the provider would not take is explained, and the exit code says no", async () => {
  const { url } = await startReceiver((_, __, httpResponse) => httpResponse.end("hello"));
  const args = ["trigger", "okta", "--handshake", "--to", url, "--secret", "a long secret"];
  const { code, screen } = await callInTerminal(args);
  expect(code).toBe(2);
  expect(screen).toContain("✗ 200  one-time verification");
  expect(screen).toContain('The body must be JSON with the challenge as "verification".');

  const accepted = ["trigger", "discord", "--probe", "--to", url];
  const probe = await callInTerminal([...accepted, "--secret", secretOf("discord")]);
  expect(probe.code).toBe(2);
  expect(probe.screen).toContain("A wrong signature must be answered 401.");
});

test("--retries repeats a refused event with the provider's headers, until it is taken", async () => {
  const receiver = await startReceiver((httpRequest, _, httpResponse) => {
    httpResponse.statusCode = httpRequest.headers["x-slack-retry-num"] === "2" ? 200 : 503;
    httpResponse.end();
  });
  const args = ["trigger", "slack", "message", "--to", receiver.url, "--retries"];
  const { code, stdout } = await callHere([...args, "--speed", "1000000"], {});

  expect(code).toBe(0);
  expect(records(stdout)).toMatchObject([
    { attempt: 1, status: 503 },
    { attempt: 2, status: 503 },
    { attempt: 3, status: 200 },
  ]);
  expect(receiver.seen.map(({ headers }) => headers["x-slack-retry-num"])).toEqual([
    undefined,
    "1",
    "2",
  ]);
});

test("--retries ends as the provider does: given up, or not tried again at all", async () => {
  const refusing = await startReceiver((_, __, httpResponse) => {
    httpResponse.statusCode = 404;
    httpResponse.end();
  });
  const fast = ["--retries", "--speed", "1000000000"];
  const zoom = ["trigger", "zoom", "meeting.ended", "--to"];
  const givenUp = await callHere([...zoom, refusing.url, ...fast], {});
  expect(records(givenUp.stdout)).toHaveLength(4);
  expect(givenUp.stderr).toContain("Zoom gives up.");
  expect(givenUp.code).toBe(1);

  const okta = ["trigger", "okta", "user.session.start", "--to", refusing.url, ...fast];
  expect(records((await callHere(okta, {})).stdout)).toHaveLength(1);

  const nobody = await callHere([...zoom, await closedUrl(), ...fast], {});
  expect(records(nobody.stdout)).toHaveLength(4);
  expect(nobody.code).toBe(69);
});

test.each(["discord", "sendgrid", "stripe"])(
  "--new-key of %s makes what then verifies",
  async (name) => {
    const [key] = records((await callHere(["trigger", name, "--new-key"], {})).stdout);
    const { secret, configure } = key as { readonly secret: string; readonly configure: string };
    const provider = getProvider(name);
    const receiver = await startReceiver((httpRequest, body, httpResponse) => {
      const { status } = compileVerifier(provider.recipe, [configure]).verify({
        method: "POST",
        url: "",
        headers: headersFromRaw(httpRequest.rawHeaders),
        body,
        nowMs: Date.now(),
      });
      httpResponse.statusCode = status === "verified" ? 204 : 401;
      httpResponse.end();
    });
    const type = samples.find((one) => one.provider === name)!.type;
    const args = ["trigger", name, type, "--to", receiver.url, "--secret", secret];
    expect((await callHere(args, {})).code).toBe(0);
  },
);

test("for a person, a pair of keys says what goes where", async () => {
  const { screen } = await callInTerminal(["trigger", "discord", "--new-key"]);
  expect(screen).toMatch(/^Configure at the source, as the public key of Discord:\n[0-9a-f]{64}\n/);
  expect(screen).toContain("-----BEGIN PRIVATE KEY-----");
});

test("what only the provider can sign is sent where nothing is checked, or unsigned", async () => {
  const args = ["trigger", "paypal", "PAYMENT.CAPTURE.COMPLETED"];
  const { url } = await startReceiver((_, __, httpResponse) => httpResponse.end());
  const refused = await call([...args, "--to", url]);
  expect(refused.code).toBe(64);
  expect(refused.stderr).toContain("Only PayPal itself can sign");
  expect((await callHere([...args, "--to", url, "--unsigned"], {})).code).toBe(0);
});

test.each([
  { args: ["github", "push", "--retries"], says: "GitHub publishes no schedule of retries." },
  { args: ["stripe", "--handshake"], says: "Stripe asks nothing before it sends events." },
  { args: ["discord", "status"], says: "give the private one" },
  { args: ["paypal", "--new-key"], says: "only PayPal itself has the one" },
  { args: ["stripe", "invoice.paid", "--batch", "2"], says: "Stripe sends no batches" },
  { args: ["stripe", "invoice.paid", "--count", "0"], says: "whole number from 1" },
  { args: ["stripe", "--probe", "--handshake"], says: "cannot be used with option" },
  { args: ["zapier", "--probe", "--unsigned"], says: "Nothing is signed here" },
])("what cannot be simulated says why: $args", async ({ args, says }) => {
  const { code, stderr } = await callGateway(["trigger", ...args]);
  expect(stderr).toContain(says);
  expect(code).toBe(64);
});
