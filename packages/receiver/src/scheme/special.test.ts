/** The schemes of few senders: what vectors and the contract over all providers do not reach. */
import { createHash, createHmac, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { certificate, expiredCertificate, rsaCurrent } from "../../tests/vectors/keys.ts";
import { type HeaderRecord, headersFromRecord } from "../headers.ts";
import { getProvider } from "../providers/registry.ts";
import { compileVerifier } from "./compile.ts";
import type { KeyLookup } from "./needed-key.ts";
import type { JwtRecipe } from "./recipe-special.ts";
import type { VerifyResult } from "./result.ts";

const NOW_S = 1_764_000_000;
const URL = "https://hooks.example.com/in/source";

type Request = {
  readonly headers?: HeaderRecord;
  readonly body?: string;
  readonly url?: string;
  readonly keys?: KeyLookup;
};

function verify(
  recipe: Parameters<typeof compileVerifier>[0],
  secret: string,
  { headers = {}, body = "", url = URL, keys }: Request,
): VerifyResult {
  return compileVerifier(recipe, [secret]).verify({
    method: "POST",
    url,
    headers: headersFromRecord(headers),
    body: Buffer.from(body),
    nowMs: NOW_S * 1000,
    ...(keys !== undefined && { keys }),
  });
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("tokens", () => {
  const recipe: JwtRecipe = {
    scheme: "jwt",
    from: { header: "x-token" },
    algorithms: ["HS256"],
    key: { from: "secret" },
  };
  const SECRET = "a-secret-of-this-source";
  const token = (header: unknown, claims: unknown): string => {
    const signed = `${part(header)}.${part(claims)}`;
    return `${signed}.${createHmac("sha256", SECRET).update(signed).digest("base64url")}`;
  };
  const judge = (text: string): VerifyResult =>
    verify(recipe, SECRET, { headers: { "x-token": text } });

  test("[I4] `none` and algorithms off the list are refused, however they are written", () => {
    for (const alg of ["none", "None", "HS512", "RS256", "", null]) {
      const result = judge(token({ alg }, {}));
      expect(result).toMatchObject({ status: "failed", reason: "unsupported_scheme" });
    }
    expect(judge(`${part({ alg: "none" })}.${part({})}.`)).toMatchObject({ status: "failed" });
  });

  test("[I4] a public key is never taken for the key of an HMAC", () => {
    const mixed: JwtRecipe = { ...recipe, algorithms: ["RS256", "HS256"] };
    expect(() => compileVerifier(mixed, [SECRET])).toThrow(/kind of key/);
    const asymmetric: JwtRecipe = { ...recipe, key: { from: "public-key" } };
    expect(() => compileVerifier(asymmetric, [SECRET])).toThrow(/kind of key/);
  });

  test("an extension that nobody understands is refused", () => {
    expect(judge(token({ alg: "HS256", crit: ["b64"], b64: false }, {}))).toMatchObject({
      reason: "malformed_signature",
    });
  });

  test("exp and nbf are looked at, with a minute for clocks that differ", () => {
    const header = { alg: "HS256" };
    expect(judge(token(header, { exp: NOW_S - 59 })).status).toBe("authenticated");
    expect(judge(token(header, { exp: NOW_S - 61 }))).toMatchObject({ reason: "wrong_claim" });
    expect(judge(token(header, { nbf: NOW_S + 61 }))).toMatchObject({ reason: "wrong_claim" });
  });

  test("Netlify: a token of another issuer is refused", () => {
    const sha256 = createHash("sha256").update("{}").digest("hex");
    const asked = (iss: string): VerifyResult =>
      verify(getProvider("netlify").recipe, SECRET, {
        headers: { "x-webhook-signature": token({ alg: "HS256" }, { iss, sha256 }) },
        body: "{}",
      });
    expect(asked("netlify")).toEqual({ status: "verified", secretIndex: 0 });
    expect(asked("evil")).toMatchObject({ reason: "wrong_claim" });
  });

  test("Kinde: an issuer outside its domain is an error of the configuration", () => {
    const { recipe: kinde } = getProvider("kinde");
    for (const issuer of [
      "http://a.kinde.com",
      "https://kinde.com.evil.example",
      "https://a.kinde.com/x",
      "https://evilkinde.com",
    ])
      expect(() => compileVerifier(kinde, [issuer])).toThrow(
        expect.objectContaining({ code: "secret_undecodable" }),
      );
  });
});

describe("Twilio", () => {
  const TOKEN = "12345678901234567890123456789012";
  const { recipe } = getProvider("twilio");
  const signed = (text: string): HeaderRecord => ({
    "x-twilio-signature": createHmac("sha1", TOKEN).update(text).digest("base64"),
    "content-type": "application/x-www-form-urlencoded",
  });

  test("values of a repeated field are sorted and count once", () => {
    const headers = signed(`${URL}A1A2B`);
    expect(verify(recipe, TOKEN, { headers, body: "B=&A=2&A=1&A=2" }).status).toBe("verified");
  });

  test("the default port may be in the URL or not", () => {
    for (const url of ["https://hooks.example.com:443/in/source", URL]) {
      const headers = signed("https://hooks.example.com:443/in/source");
      expect(verify(recipe, TOKEN, { headers, url }).status).toBe("verified");
    }
  });

  test("JSON is bound by the digest in the URL, whatever the content type says", () => {
    const body = '{"a":1}';
    const digest = createHash("sha256").update(body).digest("hex");
    const url = `${URL}?bodySHA256=${digest}`;
    const headers = signed(url);
    expect(verify(recipe, TOKEN, { headers, url, body }).status).toBe("verified");
    for (const other of ["", '{"a":2}']) {
      expect(verify(recipe, TOKEN, { headers, url, body: other })).toMatchObject({
        reason: "wrong_secret_or_modified_body",
      });
    }
    const json = { ...signed(URL), "content-type": "application/json" };
    expect(verify(recipe, TOKEN, { headers: json, body })).toMatchObject({
      reason: "missing_value",
    });
  });
});

describe("Amazon SNS", () => {
  const TOPIC = "arn:aws:sns:eu-central-1:123456789012:orders";
  const { recipe } = getProvider("aws-sns");
  const CERTIFICATE = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-1.pem";

  function message(changes: object = {}): Record<string, unknown> {
    const fields = {
      Message: "You have chosen to subscribe",
      MessageId: "m",
      SubscribeURL: "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription",
      Timestamp: "2025-11-24T16:00:00.000Z",
      Token: "t",
      TopicArn: TOPIC,
      Type: "UnsubscribeConfirmation",
    };
    const signed = Object.entries(fields)
      .map(([name, value]) => `${name}\n${value}\n`)
      .join("");
    const Signature = sign("sha1", Buffer.from(signed), rsaCurrent).toString("base64");
    return { ...fields, SignatureVersion: "1", Signature, SigningCertURL: CERTIFICATE, ...changes };
  }

  const judge = (body: unknown, pem = certificate): VerifyResult =>
    verify(recipe, TOPIC, { body: JSON.stringify(body), keys: () => pem });

  test("both confirmations verify, also with the older version of the signature", () => {
    expect(judge(message())).toEqual({ status: "verified", secretIndex: 0 });
  });

  test.each([
    "https://sns.eu-central-1.amazonaws.com.evil.example/a.pem",
    "https://evil.example/sns.eu-central-1.amazonaws.com/a.pem",
    "https://s3.amazonaws.com/a.pem",
    "http://sns.eu-central-1.amazonaws.com/a.pem",
    "https://sns.eu-central-1.amazonaws.com/../a.pem?x",
    "https://user@sns.eu-central-1.amazonaws.com/a.pem",
  ])("[I9] the certificate %s is not asked for", (url) => {
    const result = verify(recipe, TOPIC, {
      body: JSON.stringify(message({ SigningCertURL: url })),
      keys: () => expect.unreachable(),
    });
    expect(result).toMatchObject({ status: "failed", reason: "malformed_signature" });
  });

  test("an expired certificate proves nothing", () => {
    expect(judge(message(), expiredCertificate)).toMatchObject({ reason: "key_unusable" });
  });

  test("a changed field is noticed", () => {
    expect(judge(message({ Token: "u" }))).toMatchObject({
      reason: "wrong_secret_or_modified_body",
    });
  });
});

test("Adyen: every item is checked, not only the first", () => {
  const key = "44782def547aaa06c910c43932b1eb0c71fc68d9d0c057550c48ec2acf6ba056";
  const item = (pspReference: string, hmacSignature: string): unknown => ({
    NotificationRequestItem: { pspReference, additionalData: { hmacSignature } },
  });
  const good = createHmac("sha256", Buffer.from(key, "hex")).update("p:::::::").digest("base64");
  const { recipe } = getProvider("adyen");
  const judge = (...notificationItems: unknown[]): VerifyResult =>
    verify(recipe, key, { body: JSON.stringify({ notificationItems }) });
  expect(judge(item("p", good), item("p", good)).status).toBe("authenticated");
  expect(judge(item("p", good), item("q", good))).toMatchObject({
    reason: "wrong_secret_or_modified_body",
  });
});

test("Microsoft Graph: one foreign item spoils the batch", () => {
  const { recipe } = getProvider("microsoft-graph");
  const judge = (...states: string[]): VerifyResult =>
    verify(recipe, "client-state-1", {
      body: JSON.stringify({ value: states.map((clientState) => ({ clientState })) }),
    });
  expect(judge("client-state-1", "client-state-1").status).toBe("authenticated");
  expect(judge("client-state-1", "client-state-2")).toMatchObject({ reason: "wrong_credentials" });
});

test("Contentful: a list of signed headers without the time is refused", () => {
  const headers = {
    "x-contentful-signed-headers": "x-contentful-signed-headers",
    "x-contentful-timestamp": String(NOW_S * 1000),
    "x-contentful-signature": "0".repeat(64),
  };
  expect(verify(getProvider("contentful").recipe, "a".repeat(64), { headers })).toMatchObject({
    reason: "malformed_header",
    header: "x-contentful-signed-headers",
  });
});

test("Persona: two lists with the same time count, with different times they do not", () => {
  const secret = "wbhsec_0123456789";
  const { recipe } = getProvider("persona");
  const one = (time: number, key: string): string =>
    `t=${time},v1=${createHmac("sha256", key).update(`${time}.{}`).digest("hex")}`;
  const judge = (value: string): VerifyResult =>
    verify(recipe, secret, { headers: { "persona-signature": value }, body: "{}" });
  expect(judge(`${one(NOW_S, "stranger-1")} ${one(NOW_S, secret)}`).status).toBe("verified");
  expect(judge(`${one(NOW_S - 1, secret)} ${one(NOW_S, secret)}`)).toMatchObject({
    reason: "malformed_signature",
  });
});

test("HubSpot: the versions 1 and 2 are told apart by their header", () => {
  const secret = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy";
  const hash = createHash("sha256").update(`${secret}POST${URL}[]`).digest("hex");
  const headers = { "x-hubspot-signature": hash, "x-hubspot-signature-version": "v2" };
  const { recipe } = getProvider("hubspot-legacy");
  expect(verify(recipe, secret, { headers, body: "[]" }).status).toBe("verified");
  const v1 = { ...headers, "x-hubspot-signature-version": "v1" };
  expect(verify(recipe, secret, { headers: v1, body: "[]" }).status).toBe("failed");
});

test("Wise: a key of another kind, or one that is too short, is an error of the configuration", () => {
  const { recipe } = getProvider("wise");
  const pairs = [
    generateKeyPairSync("ed25519"),
    generateKeyPairSync("ec", { namedCurve: "P-256" }),
    generateKeyPairSync("rsa", { modulusLength: 1024 }),
  ];
  for (const { publicKey } of pairs) {
    const pem = publicKey.export({ format: "pem", type: "spki" }).toString();
    expect(() => compileVerifier(recipe, [pem])).toThrow(
      expect.objectContaining({ code: "secret_undecodable" }),
    );
  }
});
