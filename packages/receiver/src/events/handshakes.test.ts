/** The handshakes of the providers, each as its vendor describes it, and what must not be answered. */
import fc from "fast-check";
import { createHash, createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type HeaderRecord, headersFromRecord } from "../headers.ts";
import { getProvider } from "../providers/registry.ts";
import { compileVerifier } from "../scheme/compile.ts";
import type { VerifyResult } from "../scheme/result.ts";
import { lazyContent } from "./content.ts";
import { answerHandshake, type HandshakeAnswer } from "./handshake.ts";

const VERIFIED: VerifyResult = { status: "verified", secretIndex: 0 };
const AUTHENTICATED: VerifyResult = { status: "authenticated", secretIndex: 0 };
const FAILED = { status: "failed", reason: "missing_header", message: "", hint: "" } as const;

const SECRET = "a-secret-of-this-source";

type Asked = {
  readonly method?: string;
  readonly query?: string;
  readonly headers?: HeaderRecord;
  readonly body?: unknown;
  readonly result?: VerifyResult;
  readonly secrets?: readonly string[];
  readonly token?: string;
};

function ask(name: string, asked: Asked): HandshakeAnswer | undefined {
  const { method = "POST", query = "", body = {}, result = VERIFIED, secrets = [SECRET] } = asked;
  return answerHandshake(
    getProvider(name),
    {
      method,
      url: `https://hooks.example.com/in/source${query}`,
      headers: headersFromRecord(asked.headers ?? {}),
      content: lazyContent(new TextEncoder().encode(JSON.stringify(body)), undefined),
      secrets,
      ...(asked.token !== undefined && { token: asked.token }),
    },
    result,
  );
}

const text = (answer: HandshakeAnswer | undefined): string | undefined =>
  answer && Buffer.from(answer.body).toString();

describe("Meta's hub.challenge", () => {
  const query = "?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=meet-me";
  const asked = { method: "GET", query, result: FAILED, token: "meet-me" };

  test("is echoed to whoever knows the verify token", () => {
    expect(text(ask("meta", asked))).toBe("1158201444");
  });

  test.each([undefined, "", "meet-you", "meet-me "])("is not echoed with the token %j", (token) => {
    const { token: _token, ...rest } = asked;
    expect(ask("meta", token === undefined ? rest : { ...rest, token })).toBeUndefined();
  });

  test("[I12] markup is not echoed", () => {
    const evil = query.replace("1158201444", "%3Cscript%3E");
    expect(ask("meta", { ...asked, query: evil })).toBeUndefined();
  });
});

test("X: crc_token is answered with its HMAC, though nobody signed the request", () => {
  const answer = ask("x", { method: "GET", query: "?crc_token=abc-1", result: FAILED });
  const mac = createHmac("sha256", SECRET).update("abc-1").digest("base64");
  expect(text(answer)).toBe(`{"response_token":"sha256=${mac}"}`);
  expect(answer?.headers).toContain("application/json");
});

test("Zoom: plainToken comes back with its HMAC", () => {
  const body = {
    event: "endpoint.url_validation",
    payload: { plainToken: "qgg8vlvZRS6UYooatFL8Aw" },
  };
  const mac = createHmac("sha256", SECRET).update("qgg8vlvZRS6UYooatFL8Aw").digest("hex");
  expect(text(ask("zoom", { body }))).toBe(
    `{"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":"${mac}"}`,
  );
  expect(ask("zoom", { body, result: FAILED })).toBeUndefined();
});

test("Braintree: bt_challenge comes back with the public key and its HMAC", () => {
  const challenge = "20f9f8ed05f77439fe955c977e4c8a53";
  const key = createHash("sha1").update("private").digest();
  const mac = createHmac("sha1", key).update(challenge).digest("hex");
  const asked = { method: "GET", result: FAILED, secrets: ["public:private"] };
  expect(text(ask("braintree", { ...asked, query: `?bt_challenge=${challenge}` }))).toBe(
    `public|${mac}`,
  );
});

test("eBay: challenge_code is hashed with the token and the URL without its query", () => {
  const answer = ask("ebay", { method: "GET", query: "?challenge_code=a8628072", result: FAILED });
  const hash = createHash("sha256")
    .update(`a8628072${SECRET}https://hooks.example.com/in/source`)
    .digest("hex");
  expect(text(answer)).toBe(`{"challengeResponse":"${hash}"}`);
});

describe("echoes", () => {
  test("Dropbox and Adobe: the challenge as plain text that nobody sniffs", () => {
    for (const name of ["dropbox", "adobe"]) {
      const answer = ask(name, { method: "GET", query: "?challenge=abc", result: FAILED });
      expect(text(answer)).toBe("abc");
      expect(answer?.headers).toEqual([
        "content-type",
        "text/plain; charset=utf-8",
        "x-content-type-options",
        "nosniff",
      ]);
    }
  });

  test("Microsoft Graph: a validation token may have spaces and colons, and no markup", () => {
    const query = (token: string): string => `?validationToken=${encodeURIComponent(token)}`;
    const phrase = "Validation: Testing client application reachability for subscription 1-2";
    expect(text(ask("microsoft-graph", { query: query(phrase), result: FAILED }))).toBe(phrase);
    for (const evil of ["<b>", '{"a":1}', "a\nb"])
      expect(ask("microsoft-graph", { query: query(evil), result: FAILED })).toBeUndefined();
  });

  test("Okta: its challenge as JSON, once the credentials fit", () => {
    const headers = { "x-okta-verification-challenge": "abc" };
    const asked = { method: "GET", headers };
    expect(text(ask("okta", { ...asked, result: AUTHENTICATED }))).toBe('{"verification":"abc"}');
    expect(ask("okta", { ...asked, result: FAILED })).toBeUndefined();
  });

  test("monday: its challenge as JSON, never for an event", () => {
    expect(text(ask("monday", { body: { challenge: "abc" }, result: FAILED }))).toBe(
      '{"challenge":"abc"}',
    );
    const event = { challenge: "abc", event: { type: "create_item" } };
    expect(ask("monday", { body: event, result: FAILED })).toBeUndefined();
  });

  test("Twitch: the challenge of a verified request", () => {
    const asked = {
      headers: { "twitch-eventsub-message-type": "webhook_callback_verification" },
      body: { challenge: "pogchamp-kappa-360noscope-vohiyo" },
    };
    expect(text(ask("twitch", asked))).toBe("pogchamp-kappa-360noscope-vohiyo");
    expect(ask("twitch", { ...asked, result: FAILED })).toBeUndefined();
  });

  test("CloudEvents and RingCentral: in a header", () => {
    const origin = ask("cloudevents", {
      method: "OPTIONS",
      headers: { "webhook-request-origin": "eventgrid.azure.net" },
      result: FAILED,
    });
    expect(origin?.headers).toEqual(["webhook-allowed-origin", "eventgrid.azure.net"]);
    const token = ask("ringcentral", { headers: { "validation-token": "abc" }, result: FAILED });
    expect(token?.headers).toEqual(["validation-token", "abc"]);
  });
});

describe("Discord", () => {
  test("pings are answered by their kind, events are not pings", () => {
    expect(ask("discord", { body: { type: 0 } })).toMatchObject({ status: 204 });
    const answer = ask("discord", { body: { version: 1, type: 1 } });
    expect(answer).toMatchObject({ status: 200 });
    expect(text(answer)).toBe('{"type":1}');
    const event = { type: 1, event: { type: "APPLICATION_AUTHORIZED" } };
    expect(ask("discord", { body: event })).toBeUndefined();
  });

  test("a ping with a bad signature, as Discord sends to probe, is refused with 401", () => {
    expect(ask("discord", { body: { type: 0 }, result: FAILED })).toBeUndefined();
    expect(getProvider("discord").refusedStatus).toBe(401);
    expect(getProvider("xero").refusedStatus).toBe(401);
  });
});

describe("secrets that are handed over", () => {
  const asana = {
    headers: { "x-hook-secret": "b537207f20cbfa02357cf448134da559" },
    result: FAILED,
  };
  const notion = {
    body: { verification_token: "secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl" },
  };

  test("are captured and acknowledged while the source has none", () => {
    const answer = ask("asana", { ...asana, secrets: [] });
    expect(answer).toMatchObject({
      status: 200,
      headers: ["x-hook-secret", "b537207f20cbfa02357cf448134da559"],
      capturedSecret: "b537207f20cbfa02357cf448134da559",
    });
    expect(ask("notion", { ...notion, result: FAILED, secrets: [] })?.capturedSecret).toBe(
      notion.body.verification_token,
    );
  });

  test("[I4] never replace one that is there, and nobody is answered who asks for it", () => {
    expect(ask("asana", asana)).toBeUndefined();
    expect(ask("notion", { ...notion, result: VERIFIED })).toBeUndefined();
  });
});

describe("SNS", () => {
  const confirmation = (SubscribeURL: string): Asked => ({
    body: { Type: "SubscriptionConfirmation", SubscribeURL },
  });
  const good =
    "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-central-1:1:orders&Token=2336412f37";

  test("the URL of a verified confirmation is given to the caller, who may fetch it", () => {
    expect(ask("aws-sns", confirmation(good))?.confirmUrl).toBe(good);
    expect(ask("aws-sns", { ...confirmation(good), result: FAILED })).toBeUndefined();
  });

  test.each([
    "http://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription",
    "https://sns.eu-central-1.amazonaws.com.evil.example/?Action=ConfirmSubscription",
    "https://evil.example/?u=sns.eu-central-1.amazonaws.com",
    "https://sns.eu-central-1.amazonaws.com@evil.example/?Action=ConfirmSubscription",
    "https://sns.eu-central-1.amazonaws.com:8080/?Action=ConfirmSubscription",
    "https://169.254.169.254/?Action=ConfirmSubscription",
  ])("[I9] %s is not", (url) => {
    expect(ask("aws-sns", confirmation(url))).toBeUndefined();
  });
});

describe("[I4] no answer to a challenge is a signature of a message", () => {
  const anyText = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.json(),
    fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 20, maxLength: 32 }),
  );

  type Forgery = {
    readonly headers: HeaderRecord;
    readonly body: string;
    readonly secrets?: readonly string[];
  };

  function forged(name: string, { headers, body, secrets = [SECRET] }: Forgery): VerifyResult {
    return compileVerifier(getProvider(name).recipe, secrets).verify({
      method: "POST",
      url: "https://hooks.example.com/in/source",
      headers: headersFromRecord(headers),
      body: Buffer.from(body),
      nowMs: 1_764_000_000_000,
    });
  }

  test("of X", () => {
    fc.assert(
      fc.property(anyText, (message) => {
        const query = `?crc_token=${encodeURIComponent(message)}`;
        const answer = text(ask("x", { method: "GET", query, result: FAILED }));
        if (answer === undefined) return;
        const { response_token: signature } = JSON.parse(answer) as { response_token: string };
        const result = forged("x", {
          headers: { "x-twitter-webhooks-signature": signature },
          body: message,
        });
        expect(result).toMatchObject({ status: "failed", reason: "malformed_body" });
      }),
    );
  });

  test("of Zoom, even for a message in its own frame", () => {
    const now = "1764000000";
    for (const message of [`v0:${now}:{}`, `v0:${now}:`, "{}", "abc"]) {
      const body = { event: "endpoint.url_validation", payload: { plainToken: message } };
      const answer = text(ask("zoom", { body }));
      expect(answer === undefined).toBe(message !== "abc");
      if (answer === undefined) continue;
      const { encryptedToken } = JSON.parse(answer) as { encryptedToken: string };
      const headers = {
        "x-zm-signature": `v0=${encryptedToken}`,
        "x-zm-request-timestamp": now,
      };
      expect(forged("zoom", { headers, body: message })).toMatchObject({ status: "failed" });
    }
  });

  test("of Braintree", () => {
    const secrets = ["public:private"];
    fc.assert(
      fc.property(anyText, (message) => {
        const query = `?bt_challenge=${encodeURIComponent(message)}`;
        const signature = text(ask("braintree", { method: "GET", query, result: FAILED, secrets }));
        if (signature === undefined) return;
        const form = new URLSearchParams({ bt_signature: signature, bt_payload: message });
        const headers = { "content-type": "application/x-www-form-urlencoded" };
        expect(forged("braintree", { headers, body: form.toString(), secrets })).toMatchObject({
          status: "failed",
          reason: "malformed_body",
        });
      }),
    );
  });
});

test("without a secret nothing is computed", () => {
  const asked = { method: "GET", query: "?crc_token=abc", result: FAILED, secrets: [] };
  expect(ask("x", asked)).toBeUndefined();
});
