/** Explanations prove what they say: each suspect is committed here, and found. */
import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { headersFromRecord } from "../headers.ts";
import { github } from "../providers/github.ts";
import { square } from "../providers/payments.ts";
import { shopify } from "../providers/shopify.ts";
import { standardWebhooks } from "../providers/standard-webhooks.ts";
import { stripe } from "../providers/stripe.ts";
import { signRequest } from "../sign-request.ts";
import { explain, type Explanation } from "./explain.ts";
import type { Recipe } from "./recipe.ts";
import { createSigner } from "./sign.ts";
import { bearerRecipe, genericRecipe, noneRecipe } from "./recipes.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NOW_MS = 1_764_000_000_000;

type Captured = {
  readonly signed: string | Uint8Array;
  readonly arrived?: string | Uint8Array;
  readonly signedAtMs?: number;
  readonly secrets?: readonly string[];
};

function bytes(text: string | Uint8Array): Uint8Array {
  return typeof text === "string" ? new TextEncoder().encode(text) : text;
}

function explainCaptured(recipe: Recipe, captured: Captured): Explanation {
  const { signed, arrived = signed, signedAtMs = NOW_MS, secrets = [SECRET] } = captured;
  const body = bytes(signed);
  const headers = signRequest({ recipe }, { secret: SECRET, body, nowMs: signedAtMs, id: "msg_1" });
  return explain(recipe, secrets, {
    method: "POST",
    url: "/",
    headers: headersFromRecord(headers),
    body: bytes(arrived),
    nowMs: NOW_MS,
  });
}

describe("a modified body", () => {
  const compact = '{"name":"Zoë","amount":4900}';
  const indented = JSON.stringify(JSON.parse(compact), undefined, 2);
  const escaped = compact.replace("ë", "\\u00eb");
  const cases: readonly (readonly [string, Captured, string])[] = [
    ["CRLF for LF", { signed: "a\nb\n", arrived: "a\r\nb\r\n" }, "line ends are LF"],
    ["LF for CRLF", { signed: "a\r\nb", arrived: "a\nb" }, "line ends are CRLF"],
    ["a line break added", { signed: "a", arrived: "a\n" }, "at the end is removed"],
    ["a line break removed", { signed: "a\n", arrived: "a" }, "added at the end"],
    ["a byte order mark added", { signed: "a", arrived: "\u{feff}a" }, "byte order mark"],
    ["JSON indented", { signed: compact, arrived: indented }, "JSON is compact"],
    ["JSON compacted", { signed: indented, arrived: compact }, "indented by two"],
    ["JSON unescaped", { signed: escaped, arrived: compact }, "\\u escapes"],
    [
      "UTF-8 encoded twice",
      { signed: compact, arrived: Buffer.from(compact).toString("latin1") },
      "decoded once",
    ],
    ["signed without a body", { signed: "", arrived: compact }, "body is empty"],
  ];

  test.each(cases)("%s is proven", (_, captured, condition) => {
    const { result, matchesIf } = explainCaptured(github.recipe, captured);
    expect(result).toMatchObject({ reason: "wrong_secret_or_modified_body" });
    expect(matchesIf).toContainEqual({
      kind: "body",
      condition: expect.stringContaining(condition) as string,
      secretIndex: 0,
    });
  });

  test("another change is not explained away", () => {
    const { matchesIf } = explainCaptured(github.recipe, { signed: "a", arrived: "b" });
    expect(matchesIf).toEqual([]);
  });

  test("a body of a megabyte is explained, a larger one is left alone", () => {
    const explainLarge = (length: number): Explanation => {
      const signed = Buffer.alloc(length, "ringdown");
      const arrived = Buffer.concat([signed, Buffer.of(0x0a)]);
      return explainCaptured(github.recipe, { signed, arrived });
    };
    expect(explainLarge(1024 * 1024 - 1).matchesIf).toHaveLength(1);
    expect(explainLarge(1024 * 1024).matchesIf).toEqual([]);
  });

  test("bytes that no text can hold are tried as bytes", () => {
    const captured = {
      signed: Uint8Array.of(0xff, 0x0a),
      arrived: Uint8Array.of(0xff, 0x0d, 0x0a),
    };
    expect(explainCaptured(github.recipe, captured).matchesIf).toHaveLength(1);
  });
});

describe("a recipe or a secret read in another way", () => {
  const body = bytes("{}");
  const explainSignature = (recipe: Recipe, value: string): Explanation =>
    explain(recipe, [SECRET], {
      method: "POST",
      url: "/",
      headers: headersFromRecord({ "x-signature": value }),
      body,
      nowMs: NOW_MS,
    });
  const recipe = genericRecipe({ header: "X-Signature" });
  const decoded = Buffer.from(SECRET.slice("whsec_".length), "base64");

  test.each([
    ["secret", "decoded from base64", createHmac("sha256", decoded).update(body).digest("hex")],
    [
      "secret",
      "without its prefix",
      createHmac("sha256", SECRET.slice(6)).update(body).digest("hex"),
    ],
    ["recipe", "HMAC-SHA1", createHmac("sha1", SECRET).update(body).digest("hex")],
    ["recipe", "HMAC-SHA512", createHmac("sha512", SECRET).update(body).digest("hex")],
    ["recipe", "encoding is base64", createHmac("sha256", SECRET).update(body).digest("base64")],
  ])("%s: %s", (kind, condition, value) => {
    const { matchesIf } = explainSignature(recipe, value);
    expect(matchesIf).toContainEqual({
      kind,
      condition: expect.stringContaining(condition) as string,
      secretIndex: 0,
    });
  });

  test("the secret of one sender used as it is by another", () => {
    const standard = genericRecipe({ header: "x-signature", key: "base64", keyPrefix: "whsec_" });
    const value = createHmac("sha256", SECRET).update(body).digest("hex");
    const { matchesIf } = explainSignature(standard, value);
    expect(matchesIf).toContainEqual(
      expect.objectContaining({
        kind: "secret",
        condition: expect.stringContaining("not decoded") as string,
      }),
    );
  });
});

describe("steps", () => {
  const detailsOf = ({ steps }: Explanation): string =>
    steps.map(({ title, outcome, detail }) => `${title} [${outcome}] ${detail}`).join("\n");

  test("a request that verifies", () => {
    const explanation = explainCaptured(stripe.recipe, {
      signed: "{}",
      signedAtMs: NOW_MS - 12_000,
    });
    const signature = createHmac("sha256", SECRET).update("1763999988.{}").digest("hex");
    const start = signature.slice(0, 8);
    expect(explanation.result.status).toBe("verified");
    expect(explanation.matchesIf).toEqual([]);
    expect(detailsOf(explanation).split("\n")).toEqual([
      'looked for [info] In the header stripe-signature: one timestamp "t=…" and "v1=" and a whole hex signature of 32 bytes, HMAC-SHA256 over {timestamp}.{body}.',
      "body [info] 2 bytes, taken as they are.",
      "timestamp [ok] 2025-11-24T15:59:48.000Z, 12 s before the clock; 300 s are tolerated.",
      `secret 1 [ok] Expected ${start}…, received ${start}….`,
      "result [ok] The request is verified by number 1 of those configured.",
    ]);
  });

  test("each secret's expected beginning is set beside the received one", () => {
    const secrets = ["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", SECRET];
    const explanation = explainCaptured(standardWebhooks.recipe, { signed: "{}", secrets });
    const shown = explanation.steps.filter(({ title }) => title.startsWith("secret"));
    expect(shown.map(({ outcome }) => outcome)).toEqual(["failed", "ok"]);
    for (const { detail } of shown) {
      expect(detail).toMatch(/^Expected [\w+/]{8}…, received [\w+/]{8}…\.$/);
    }
  });

  test("clock skew is shown in both directions", () => {
    const old = explainCaptured(stripe.recipe, { signed: "{}", signedAtMs: NOW_MS - 400_000 });
    expect(detailsOf(old)).toContain("timestamp [failed] 2025-11-24T15:53:20.000Z, 400 s before");
    const future = explainCaptured(stripe.recipe, { signed: "{}", signedAtMs: NOW_MS + 400_000 });
    expect(detailsOf(future)).toContain("400 s ahead of the clock");
    expect(detailsOf(future)).toContain("result [failed] The signature is genuine but");
  });

  test("[I8] no more than eight characters of an expected signature are shown", () => {
    const captured = { signed: "{}", arrived: "{ }" };
    const text = JSON.stringify(explainCaptured(shopify.recipe, captured));
    expect(text).not.toMatch(/[A-Za-z0-9+/]{43}=/);
    expect(text).not.toContain(SECRET);
  });

  test("a request without the header, and schemes without a signature", () => {
    const input = {
      method: "POST",
      url: "/",
      headers: headersFromRecord({}),
      body: bytes(""),
      nowMs: NOW_MS,
    };
    const missing = explain(shopify.recipe, [SECRET], input);
    expect(missing.steps.map(({ title }) => title)).toEqual(["looked for", "body", "result"]);
    expect(missing.result).toMatchObject({ reason: "missing_header" });

    const bearer = explain(bearerRecipe, [SECRET], input);
    expect(bearer.steps).toMatchObject([{ outcome: "failed" }]);
    const none = explain(noneRecipe, [], input);
    expect(none.steps).toMatchObject([{ outcome: "info", detail: "Nothing is checked." }]);
  });

  test("an unusable secret is an error here as well", () => {
    expect(() => explainCaptured(stripe.recipe, { signed: "", secrets: [""] })).toThrow(
      expect.objectContaining({ code: "secret_empty" }),
    );
  });
});

test.each([
  ["https://hooks.example.com/in/square/", "with a slash"],
  ["http://hooks.example.com/in/square", "begins with http"],
  ["https://hooks.example.com/in/square?a=1", undefined],
])("a URL that is registered as %s is found out", (registered, found) => {
  const secret = "a key shared with Square";
  const { recipe } = square;
  const body = new TextEncoder().encode("{}");
  const headers = createSigner(recipe, [secret]).sign({ body, nowMs: 0, url: registered });
  const { matchesIf } = explain(recipe, [secret], {
    method: "POST",
    url: "https://hooks.example.com/in/square",
    headers: headersFromRecord(headers),
    body,
    nowMs: 0,
  });
  expect(matchesIf.map(({ kind }) => kind)).toEqual(found === undefined ? [] : ["url"]);
  expect(matchesIf[0]?.condition ?? "").toContain(found ?? "");
});
