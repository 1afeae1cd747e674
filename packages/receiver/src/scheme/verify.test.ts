/** What the vectors cannot say: schemes without a signature, options, times, and wrong callers. */
import { describe, expect, test } from "vitest";
import { verify } from "../../tests/verify.ts";
import { headersFromRecord } from "../headers.ts";
import { github } from "../providers/github.ts";
import { slack } from "../providers/slack.ts";
import { stripe } from "../providers/stripe.ts";
import { signRequest } from "../sign-request.ts";
import { compileVerifier } from "./compile.ts";
import type { VerifierOptions } from "./compiled-scheme.ts";
import type { VerifyInput } from "./result.ts";
import {
  addressRecipe,
  apiKeyRecipe,
  basicRecipe,
  bearerRecipe,
  genericRecipe,
  noneRecipe,
} from "./recipes.ts";

const SECRET = "correct horse battery staple";
const OTHER = "another secret of some length";
const NOW_MS = 1_764_000_000_000;
const BODY = new TextEncoder().encode("{}");

function inputWith(changes: Partial<VerifyInput>): VerifyInput {
  const headers = headersFromRecord({});
  return { method: "POST", url: "/", headers, body: BODY, nowMs: NOW_MS, ...changes };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

describe("[I4] bearer token", () => {
  const check = (authorization: string | string[]): unknown =>
    verify(bearerRecipe, [OTHER, SECRET], { headers: { authorization }, body: "" });

  test("a configured token authenticates, and the result says which", () => {
    expect(check(`Bearer ${SECRET}`)).toEqual({ status: "authenticated", secretIndex: 1 });
  });

  test("the word Bearer may have any case, the token may not", () => {
    expect(check(`bearer ${SECRET}`)).toMatchObject({ status: "authenticated" });
    expect(check(`Bearer ${SECRET.toUpperCase()}`)).toMatchObject({ reason: "wrong_credentials" });
  });

  test.each([
    ["", "missing_credentials"],
    ["Bearer", "missing_credentials"],
    [SECRET, "missing_credentials"],
    [`Basic ${base64("a:b")}`, "missing_credentials"],
    ["Bearer ", "wrong_credentials"],
    [`Bearer ${SECRET} `, "wrong_credentials"],
    [`Bearer  ${SECRET}`, "wrong_credentials"],
    [`Bearer ${SECRET.slice(0, -1)}`, "wrong_credentials"],
    [`Bearer ${SECRET}${SECRET}`, "wrong_credentials"],
    // Cut to one byte, U+0163 is the "c" that belongs there.
    ["Bearer \u0163orrect horse battery staple", "wrong_credentials"],
  ])("%j: %s", (value, reason) => {
    expect(check(value)).toMatchObject({ status: "failed", reason, header: "authorization" });
  });

  test("no header at all is missing credentials", () => {
    const result = verify(bearerRecipe, [SECRET], { headers: {}, body: "" });
    expect(result).toMatchObject({ status: "failed", reason: "missing_credentials" });
  });

  test("two headers are refused, though one of them is right", () => {
    expect(check([`Bearer ${SECRET}`, "Bearer x"])).toMatchObject({ reason: "repeated_header" });
  });
});

describe("[I4] API key in a header", () => {
  test("the header's whole value is the key", () => {
    const recipe = apiKeyRecipe("X-Api-Key");
    const check = (value: string): string =>
      verify(recipe, [SECRET], { headers: { "X-API-KEY": value }, body: "" }).status;
    expect(check(SECRET)).toBe("authenticated");
    expect(check(`${SECRET}x`)).toBe("failed");
    expect(check("")).toBe("failed");
  });

  test("a key beyond ASCII is compared by its UTF-8 bytes, as it arrives", () => {
    const recipe = apiKeyRecipe("x-api-key");
    const onTheWire = Buffer.from("schlüssel-für-morgen").toString("latin1");
    const headers = { "x-api-key": onTheWire };
    expect(verify(recipe, ["schlüssel-für-morgen"], { headers, body: "" }).status).toBe(
      "authenticated",
    );
  });
});

describe("[I4] basic authentication", () => {
  const check = (authorization: string): unknown =>
    verify(basicRecipe, ["user:pass:word", "ü:passwörd"], { headers: { authorization }, body: "" });

  test("user and password authenticate; the password may contain colons", () => {
    expect(check(`Basic ${base64("user:pass:word")}`)).toEqual({
      status: "authenticated",
      secretIndex: 0,
    });
    expect(check(`basic ${base64("ü:passwörd")}`)).toMatchObject({ secretIndex: 1 });
  });

  test.each([
    [`Basic ${base64("user:wrong")}`, "wrong_credentials"],
    [`Basic ${base64("user")}`, "wrong_credentials"],
    ["Basic ", "wrong_credentials"],
    ["Basic !!!!", "missing_credentials"],
    ["Bearer token", "missing_credentials"],
  ])("%j: %s", (value, reason) => {
    expect(check(value)).toMatchObject({ status: "failed", reason });
  });
});

describe("addresses", () => {
  const recipe = addressRecipe(["192.0.2.0/24", "2001:db8::/32"]);
  const check = (remoteAddress?: string): unknown =>
    compileVerifier(recipe, []).verify(
      inputWith(remoteAddress === undefined ? {} : { remoteAddress }),
    );

  test("a sender in a range is authenticated by it", () => {
    expect(check("192.0.2.7")).toEqual({ status: "authenticated", secretIndex: 0 });
    expect(check("2001:db8::7")).toEqual({ status: "authenticated", secretIndex: 1 });
  });

  test("any other sender, and an unknown one, is refused", () => {
    expect(check("198.51.100.7")).toMatchObject({ reason: "address_not_allowed" });
    expect(check()).toMatchObject({ reason: "address_not_allowed" });
  });

  test("as an option they are demanded besides the signature", () => {
    const options: VerifierOptions = { allowAddresses: ["192.0.2.0/24"] };
    const verifier = compileVerifier(github.recipe, [SECRET], options);
    const signed = signRequest(github, { secret: SECRET, body: BODY, nowMs: NOW_MS });
    const headers = headersFromRecord(signed);
    const inside = { headers, remoteAddress: "192.0.2.7" };
    const outside = { headers, remoteAddress: "198.51.100.7" };
    expect(verifier.verify(inputWith(inside)).status).toBe("verified");
    expect(verifier.verify(inputWith(outside))).toMatchObject({ reason: "address_not_allowed" });
    expect(verifier.verify(inputWith({ remoteAddress: "192.0.2.7" }))).toMatchObject({
      reason: "missing_header",
    });
  });
});

test("without a scheme, every request is unverified and none is verified", () => {
  expect(compileVerifier(noneRecipe, []).verify(inputWith({}))).toEqual({ status: "unverified" });
});

describe("generic recipes", () => {
  test("every knob at once", () => {
    const recipe = genericRecipe({
      algorithm: "sha512",
      encoding: "base64url",
      key: "hex",
      keyPrefix: "key_",
      header: "X-Acme-Signature",
      list: { separator: ";", assign: "=", key: "sig" },
      signed: "{method} {url}\n{id}|{timestamp}|{header:x-acme-topic}|{body}|end",
      idHeader: "X-Acme-Id",
      timestamp: { header: "X-Acme-Time", unit: "rfc3339", toleranceMs: 1000 },
    });
    const secret = `key_${"0123456789abcdef".repeat(2)}`;
    const url = "https://hooks.example.com/in/acme";
    const headers = signRequest(
      { recipe },
      {
        secret,
        body: BODY,
        nowMs: NOW_MS,
        id: "1",
        method: "POST",
        url,
        headers: { "x-acme-topic": "a" },
      },
    );
    const input = inputWith({ url, headers: headersFromRecord(headers) });
    expect(compileVerifier(recipe, [secret]).verify(input)).toEqual({
      status: "verified",
      secretIndex: 0,
      ageMs: 0,
    });
    for (const change of [{ url: `${url}/x` }, { method: "PUT" }, { body: new Uint8Array(1) }]) {
      const changed = compileVerifier(recipe, [secret]).verify({ ...input, ...change });
      expect(changed).toMatchObject({ reason: "wrong_secret_or_modified_body" });
    }
    const stale = compileVerifier(recipe, [secret]).verify({ ...input, nowMs: NOW_MS + 1001 });
    expect(stale).toMatchObject({ reason: "timestamp_too_old", ageMs: 1001 });
  });

  test("a signature that leaves out the body authenticates, it does not verify", () => {
    const recipe = genericRecipe({
      header: "x-signature",
      signed: "{timestamp}",
      timestamp: { header: "x-time", future: "ignored" },
    });
    const headers = signRequest({ recipe }, { secret: SECRET, body: BODY, nowMs: NOW_MS });
    const result = verify(recipe, [SECRET], { headers, body: "any other body" });
    expect(result).toMatchObject({ status: "authenticated", secretIndex: 0 });
  });

  test("the future passes only where a recipe says so", () => {
    const options = { header: "x-signature", signed: "{timestamp}{body}" };
    const check = (future: "checked" | "ignored"): string => {
      const recipe = genericRecipe({ ...options, timestamp: { header: "x-time", future } });
      const headers = signRequest(
        { recipe },
        { secret: SECRET, body: BODY, nowMs: NOW_MS + 400_000 },
      );
      return verify(recipe, [SECRET], { headers, body: BODY }).status;
    };
    expect(check("checked")).toBe("failed");
    expect(check("ignored")).toBe("verified");
  });
});

describe("time", () => {
  const signedAt = (nowMs: number): VerifyInput =>
    inputWith({
      headers: headersFromRecord(signRequest(slack, { secret: SECRET, body: BODY, nowMs })),
    });

  test("a tolerance of one's own replaces the provider's", () => {
    const input = signedAt(NOW_MS - 400_000);
    const check = (options: VerifierOptions): string =>
      compileVerifier(slack.recipe, [SECRET], options).verify(input).status;
    expect(check({})).toBe("failed");
    expect(check({ toleranceMs: 400_000 })).toBe("verified");
    expect(check({ toleranceMs: "off" })).toBe("verified");
    expect(check({ toleranceMs: 399_999 })).toBe("failed");
  });

  test("the failure says by how much, and that the signature is genuine", () => {
    const verifier = compileVerifier(slack.recipe, [SECRET]);
    expect(verifier.verify(signedAt(NOW_MS - 412_000))).toMatchObject({
      reason: "timestamp_too_old",
      ageMs: 412_000,
      message: "The signature is genuine but 412 s old, 112 s more than the 300 s tolerated.",
    });
    expect(verifier.verify(signedAt(NOW_MS + 301_000))).toMatchObject({
      reason: "timestamp_in_future",
      ageMs: -301_000,
      message:
        "The signature is genuine but 301 s in the future, 1 s more than the 300 s tolerated.",
    });
  });

  test("an old forgery is a forgery: age is looked at last", () => {
    const input = signedAt(NOW_MS - 412_000);
    const result = compileVerifier(slack.recipe, [OTHER]).verify(input);
    expect(result).toMatchObject({ reason: "wrong_secret_or_modified_body" });
  });

  test("a clock that is not a number fails instead of passing", () => {
    const input = { ...signedAt(NOW_MS), nowMs: Number.NaN };
    const result = compileVerifier(slack.recipe, [SECRET]).verify(input);
    expect(result).toMatchObject({ status: "failed", reason: "timestamp_too_old" });
  });
});

describe("[I4] a body that is not bytes", () => {
  test.each([
    ["text", "{}"],
    ["a parsed object", {}],
    ["nothing", undefined],
    ["words of 16 bits", new Uint16Array(2)],
  ])("%s is the caller's error, not the request's", (_, body) => {
    const verifier = compileVerifier(stripe.recipe, [SECRET]);
    const input = inputWith({ body: body as never });
    expect(() => verifier.verify(input)).toThrow(
      expect.objectContaining({ code: "body_not_bytes" }),
    );
  });

  test("a Buffer is bytes", () => {
    const signed = signRequest(github, { secret: SECRET, body: Buffer.from("{}"), nowMs: NOW_MS });
    const input = inputWith({ body: Buffer.from("{}"), headers: headersFromRecord(signed) });
    expect(compileVerifier(github.recipe, [SECRET]).verify(input).status).toBe("verified");
  });
});

test("[I12] a failure repeats nothing of what the sender wrote", () => {
  const evil = "<script>alert(1)</script>";
  for (const { recipe } of [stripe, github, slack, { recipe: bearerRecipe }]) {
    for (const value of [
      evil,
      `sha256=${evil}`,
      `t=${evil},v1=${"0".repeat(64)}`,
      `Bearer ${evil}`,
    ]) {
      const headers = {
        "stripe-signature": value,
        "x-hub-signature-256": value,
        "x-slack-signature": value,
        authorization: value,
      };
      const result = verify(recipe, [SECRET], { headers, body: evil });
      expect(result.status).toBe("failed");
      expect(JSON.stringify(result)).not.toContain("script");
    }
  }
});
