/** Whatever arrives, a verifier answers with a typed failure; it never throws and never accepts. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  basicRecipe,
  bearerRecipe,
  compileVerifier,
  headersFromRaw,
  type Recipe,
  type VerifyFailure,
} from "../../src/index.ts";
import { providerCases } from "../providers/provider-case.ts";
import { NOW_MS } from "../verify.ts";

const REASONS: readonly VerifyFailure[] = [
  "missing_header",
  "repeated_header",
  "malformed_header",
  "missing_value",
  "malformed_body",
  "malformed_signature",
  "malformed_timestamp",
  "unsupported_scheme",
  "wrong_secret_or_modified_body",
  "missing_credentials",
  "wrong_credentials",
];

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

const subjects: readonly { name: string; recipe: Recipe; secrets: readonly string[] }[] = [
  ...providerCases
    .filter(({ provider }) => provider.recipe.scheme !== "none")
    .map(({ name, provider, secrets }) => ({ name, recipe: provider.recipe, secrets })),
  { name: "bearer", recipe: bearerRecipe, secrets: [SECRET] },
  { name: "basic", recipe: basicRecipe, secrets: ["user:password"] },
];

const names = [
  "stripe-signature",
  "x-hub-signature-256",
  "x-shopify-hmac-sha256",
  "shopify-hmac-sha256",
  "x-slack-signature",
  "x-slack-request-timestamp",
  "webhook-id",
  "webhook-timestamp",
  "webhook-signature",
  "svix-id",
  "svix-timestamp",
  "svix-signature",
  "x-signature",
  "authorization",
];

/** Pieces of real headers in wrong places reach further into the parsers than noise does. */
const fragment = fc.oneof(
  fc.constantFrom("t=", "v1=", "v0=", "v1,", "v1a,", "sha256=", "sha1=", ",", " ", "=", ";", "."),
  fc.constantFrom(String(NOW_MS / 1000), "a".repeat(64), `${"A".repeat(43)}=`, "Bearer ", "Basic "),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.string({ maxLength: 20 }),
);

const value = fc.array(fragment, { maxLength: 12 }).map((parts) => parts.join(""));

const rawHeaders = fc
  .array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 8 })
  .map((pairs) => pairs.flat());

test.each(subjects)("[I4] $name", ({ recipe, secrets }) => {
  const verifier = compileVerifier(recipe, secrets);
  fc.assert(
    fc.property(rawHeaders, fc.uint8Array({ maxLength: 64 }), (raw, body) => {
      const result = verifier.verify({
        method: "POST",
        url: "/",
        headers: headersFromRaw(raw),
        body,
        nowMs: NOW_MS,
      });
      expect(result.status).toBe("failed");
      if (result.status === "failed") expect(REASONS).toContain(result.reason);
    }),
    { numRuns: 200 },
  );
});
