/** Each handshake, asked as the provider asks and answered as a receiver answers. */
import { describe, expect, test } from "vitest";
import { lazyContent } from "../events/content.ts";
import { answerHandshake, type HandshakeAnswer } from "../events/handshake.ts";
import { headersFromRaw, headersFromRecord } from "../headers.ts";
import { getProvider, listProviders } from "../providers/registry.ts";
import { compileVerifier } from "../scheme/compile.ts";
import {
  type HandshakeReply,
  makeHandshakes,
  newSampleSecret,
  isRetried,
  retriesOf,
  retryingProviders,
  type SampleHandshake,
} from "./index.ts";

const NOW_MS = 1_764_000_000_000;
const TOKEN = "a token that was agreed upon";

type Case = {
  readonly name: string;
  readonly handshake: SampleHandshake;
  readonly configured: string;
};

const cases: readonly Case[] = listProviders()
  .filter(({ handshakes, name }) => handshakes.length > 0 && name !== "aws-sns")
  .flatMap(({ name, recipe }) => {
    const { secret, configured } = newSampleSecret(recipe);
    const url = `https://hooks.example.com/in/${name}`;
    const options = { provider: name, secret, nowMs: NOW_MS, id: "1", url, token: TOKEN };
    return makeHandshakes(options).map((handshake) => ({ name, handshake, configured }));
  });

function answerOf({ name, handshake, configured }: Case): HandshakeAnswer | undefined {
  const provider = getProvider(name);
  const { method, url, headers, body } = handshake.request;
  const isFirst = provider.handshakes.find((one) => one.name === handshake.name)?.captures;
  const secrets = isFirst === undefined && configured !== "" ? [configured] : [];
  const lookup = headersFromRecord(headers);
  const input = { method, url, headers: lookup, body, nowMs: NOW_MS };
  const result =
    isFirst === undefined
      ? compileVerifier(provider.recipe, secrets).verify(input)
      : ({ status: "failed", reason: "missing_header", message: "", hint: "" } as const);
  const content = lazyContent(body, headers["content-type"]);
  return answerHandshake(provider, { ...input, content, secrets, token: TOKEN }, result);
}

function replyOf({ status, headers, body }: HandshakeAnswer): HandshakeReply {
  const lookup = headersFromRaw(headers);
  return { status, header: (name) => lookup.get(name), body: Buffer.from(body).toString() };
}

describe.each(cases.map((one) => ({ ...one, title: one.handshake.name })))(
  "$name, $title",
  (one) => {
    test("is recognised and answered to the provider's content", () => {
      const answer = answerOf(one);
      expect(answer?.handshake).toBe(one.title);
      if (answer !== undefined) expect(one.handshake.check(replyOf(answer))).toEqual([]);
    });

    test("another status is a problem, and so is another answer where it matters", () => {
      const answer = answerOf(one);
      if (answer === undefined) throw new Error("no answer");
      const reply = replyOf(answer);
      expect(one.handshake.check({ ...reply, status: 500 })).toHaveLength(1);
      const rule = getProvider(one.name).handshakes.find(({ name }) => name === one.title)?.answer;
      if (rule !== undefined && "text" in rule) return;
      const wrong = { ...reply, header: () => undefined, body: "something else" };
      expect(one.handshake.check(wrong).length).toBeGreaterThan(0);
    });
  },
);

test("Slack is content with each of the three forms of its challenge", () => {
  const slack = cases.find(({ name }) => name === "slack")?.handshake;
  const { challenge } = JSON.parse(Buffer.from(slack?.request.body ?? []).toString()) as {
    challenge: string;
  };
  for (const body of [challenge, JSON.stringify({ challenge }), `challenge=${challenge}`]) {
    expect(slack?.check({ status: 200, header: () => undefined, body })).toEqual([]);
  }
});

test.each([
  { name: "dropbox", type: "text/html", problem: "The content type must be text/plain." },
  { name: "dropbox", type: "text/plain", problem: "X-Content-Type-Options must be nosniff" },
  { name: "okta", type: "text/plain", problem: "The content type must be application/json." },
])("$name minds the content type: $type", ({ name, type, problem }) => {
  const one = cases.find((each) => each.name === name);
  const answer = one && answerOf(one);
  if (one === undefined || answer === undefined) throw new Error("no answer");
  const header = (wanted: string) => (wanted === "content-type" ? type : undefined);
  expect(one.handshake.check({ ...replyOf(answer), header })).toEqual([
    expect.stringContaining(problem),
  ]);
});

test("only SNS itself can ask for a confirmation", () => {
  const options = { provider: "aws-sns", secret: "arn:aws:sns:x", nowMs: NOW_MS, id: "1", url: "" };
  expect(() => makeHandshakes(options)).toThrow(
    expect.objectContaining({ code: "signing_unsupported" }),
  );
});

test("schedules of retries are those of known providers, and Slack numbers its own", () => {
  for (const name of retryingProviders()) expect(getProvider(name).name).toBe(name);
  expect(retriesOf("slack")).toMatchObject([
    { waitMs: 0, headers: { "x-slack-retry-num": "1" } },
    { waitMs: 60_000, headers: { "x-slack-retry-num": "2" } },
    { waitMs: 300_000, headers: { "x-slack-retry-num": "3" } },
  ]);
  const shopify = retriesOf("shopify") ?? [];
  expect(shopify).toHaveLength(8);
  expect(shopify.reduce((sum, { waitMs }) => sum + waitMs, 0)).toBeCloseTo(4 * 3_600_000, -2);
  expect(retriesOf("github")).toBeUndefined();
});

test.each([
  { name: "slack", retried: [0, 301, 404, 500], final: [200, 204] },
  { name: "okta", retried: [0, 500], final: [200, 404, 429] },
  { name: "sanity", retried: [429, 503], final: [0, 200, 404] },
])("$name tries again after $retried, not after $final", ({ name, retried, final }) => {
  expect(retried.filter((status) => isRetried(name, status))).toEqual(retried);
  expect(final.filter((status) => isRetried(name, status))).toEqual([]);
});
