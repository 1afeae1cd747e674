/** What holds for every provider, whatever its scheme. */
import { describe, expect, test } from "vitest";
import {
  compileVerifier,
  createSigner,
  headersFromRecord,
  verifyWithKeys,
  WebhookConfigError,
} from "../../src/index.ts";
import { NOW_MS } from "../verify.ts";
import { providerCases } from "./provider-case.ts";

const signing = providerCases.filter(({ provider }) => provider.recipe.scheme !== "none");

describe.each(signing.map((one) => ({ ...one })))("$name", (one) => {
  const { provider, secrets, verifier, good } = one;

  test("its sample verifies, and says no more than is true", () => {
    expect(verifier.verify(good).status).toMatch(/^(verified|authenticated)$/);
  });

  test("[I4] an empty, a missing and a padded secret are errors of the configuration", () => {
    for (const wrong of [[], [""], ["   "]]) {
      expect(() => compileVerifier(provider.recipe, wrong)).toThrow(WebhookConfigError);
    }
  });

  test("[I4] a request without anything fails", () => {
    const bare = { ...good, headers: headersFromRecord({}), body: new Uint8Array(0), url: "" };
    expect(verifier.verify(bare).status).toBe("failed");
  });

  test("[I8] no failure repeats a secret", () => {
    const bare = { ...good, headers: headersFromRecord({}), body: new Uint8Array(0) };
    const text = JSON.stringify(verifier.verify(bare));
    for (const secret of secrets) expect(text).not.toContain(secret);
  });

  test("what its signer makes, if there is one, its verifier takes", () => {
    const body = Buffer.from(good.body);
    const url = good.url;
    let headers: Readonly<Record<string, string>>;
    try {
      headers = createSigner(provider.recipe, secrets).sign({
        body,
        nowMs: NOW_MS,
        id: "msg_1",
        method: "POST",
        url,
        headers: otherHeaders(provider.name),
      });
    } catch (error) {
      expect(error).toMatchObject({
        code: expect.stringMatching(/^(signing_unsupported|signing_input_invalid)$/) as string,
      });
      return;
    }
    const contentType = good.headers.get("content-type") ?? "application/json";
    const arriving = headersFromRecord({
      ...headers,
      ...otherHeaders(provider.name),
      "content-type": contentType,
    });
    // Linear's time is in the body, which the vector has written for this moment.
    const result = verifier.verify({ ...good, url, body, headers: arriving, nowMs: NOW_MS });
    expect(result.status).not.toBe("failed");
  });
});

/** Headers that some recipes sign besides their own. */
function otherHeaders(name: string): Readonly<Record<string, string>> {
  const all: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    contentful: {
      "x-contentful-signed-headers": "x-contentful-signed-headers,x-contentful-timestamp",
    },
    framer: { "framer-webhook-submission-id": "1" },
    sinch: { "x-sinch-webhook-signature-nonce": "1" },
    "mercado-pago": { "x-request-id": "1" },
    "hubspot-legacy": { "x-hubspot-signature-version": "v2" },
  };
  return all[name] ?? {};
}

const fetched = providerCases.filter(({ good }) => good.keys !== undefined);

describe.each(fetched.map((one) => ({ ...one })))("keys of $name", ({ verifier, good }) => {
  const { keys: _keys, ...withoutKeys } = good;

  test("[I4] without the key it is undecided, and asks for it at a host of the sender", () => {
    const result = verifier.verify(withoutKeys);
    expect(result).toMatchObject({ status: "failed", reason: "key_needed" });
    if (result.status !== "failed") return;
    expect(result.keyRequest?.url).toMatch(
      /^https:\/\/(api\.paypal\.com|api\.ebay\.com|sns\.[a-z0-9-]+\.amazonaws\.com|(production|sandbox)\.plaid\.com|example\.kinde\.com)\//,
    );
  });

  test("fetching and verifying again gives the answer", async () => {
    const result = await verifyWithKeys(verifier, withoutKeys, (request) =>
      Promise.resolve(good.keys?.(request)),
    );
    expect(result).toEqual(verifier.verify(good));
  });

  test("[I4] a key that cannot be fetched or read accepts nothing", async () => {
    const broken = await verifyWithKeys(verifier, withoutKeys, () =>
      Promise.reject(new Error("no network")),
    );
    expect(broken).toMatchObject({ reason: "key_needed" });
    for (const text of ["", "{}", "null", "<html>", '{"keys":[]}', '{"key":{}}']) {
      const result = verifier.verify({ ...good, keys: () => text });
      expect(result).toMatchObject({ status: "failed", reason: "key_unusable" });
    }
  });
});
