/** Any recipe that compiles verifies what it signs, and nothing else. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  compileVerifier,
  createSigner,
  type HmacRecipe,
  headersFromRecord,
  type SignInput,
  type VerifyResult,
} from "../../src/index.ts";
import { bitPosition, flipBit, NOW_MS } from "../verify.ts";

const signature: fc.Arbitrary<HmacRecipe["signature"]> = fc.oneof(
  fc.constantFrom<HmacRecipe["signature"]>(
    { format: "plain", header: "x-signature" },
    { format: "plain", header: "x-signature", prefix: "sha256=" },
    { format: "plain", header: "authorization", prefix: "HMAC " },
  ),
  fc.record({
    format: fc.constant("list" as const),
    header: fc.constant("x-signature"),
    separator: fc.constantFrom(",", ";", " ", "|"),
    assign: fc.constantFrom("=", ":"),
    key: fc.constantFrom("v1", "h1", "signature"),
  }),
);

const key: fc.Arbitrary<HmacRecipe["key"]> = fc.constantFrom(
  { from: "utf8", minBytes: 8 },
  { from: "hex", minBytes: 8 },
  { from: "base64", minBytes: 8, prefix: "whsec_" },
  { from: "base64url", minBytes: 8 },
);

const part = fc.constantFrom(
  "{timestamp}",
  "{id}",
  "{method}",
  "{url}",
  "{header:x-extra}",
  ".",
  ":",
  "v0:",
  "Grüße\n",
);

const template: fc.Arbitrary<string> = fc
  .tuple(fc.array(part, { maxLength: 5 }), fc.array(part, { maxLength: 3 }))
  .map(([before, after]) => `${before.join("")}{body}${after.join("")}`);

const unit = fc.constantFrom("s" as const, "ms" as const, "rfc3339" as const);

/** Declares a timestamp and an id where the template signs them, as a recipe must. */
const recipe: fc.Arbitrary<HmacRecipe> = fc
  .record({
    algorithm: fc.constantFrom("sha1" as const, "sha256" as const, "sha512" as const),
    encoding: fc.constantFrom("hex" as const, "base64" as const, "base64url" as const),
    key,
    signature,
    signed: template,
    unit,
    isField: fc.boolean(),
  })
  .map(({ unit: timestampUnit, isField, ...rest }) => ({
    scheme: "hmac" as const,
    ...rest,
    ...(rest.signed.includes("{timestamp}") && {
      timestamp: {
        from: isField && allowsField(rest.signature) ? { field: "t" } : { header: "x-timestamp" },
        unit: timestampUnit,
        toleranceMs: 300_000,
      },
    }),
    ...(rest.signed.includes("{id}") && { id: { header: "x-id" } }),
  }));

/** An RFC 3339 time contains ":", so it cannot stand in a list that ":" divides. */
function allowsField(rule: HmacRecipe["signature"]): boolean {
  return rule.format === "list" && rule.assign !== ":";
}

const keyBytes = fc.uint8Array({ minLength: 8, maxLength: 200 });

function secretFor(rule: HmacRecipe["key"], bytes: Uint8Array): string {
  if (rule.from === "utf8") return Buffer.from(bytes).toString("hex");
  return (rule.prefix ?? "") + Buffer.from(bytes).toString(rule.from);
}

/** One length, because HMAC fills keys up with zeros: a key and the same with a zero more are one. */
const equallyLongKey = fc.uint8Array({ minLength: 32, maxLength: 32 });

const body = fc.uint8Array({ maxLength: 2000 });

const sending = fc.record({ one: recipe, bytes: keyBytes, content: body });

function inputFor(bytes: Uint8Array): SignInput {
  return {
    body: bytes,
    nowMs: NOW_MS,
    id: "msg_1",
    method: "POST",
    url: "https://hooks.example.com/in/source?a=ü",
    headers: { "x-extra": "extra \u00e9 value" },
  };
}

type Sent = { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array };

function verifySent(one: HmacRecipe, secrets: readonly string[], sent: Sent): VerifyResult {
  return compileVerifier(one, secrets).verify({
    method: "POST",
    url: "https://hooks.example.com/in/source?a=ü",
    headers: headersFromRecord(sent.headers),
    body: sent.body,
    nowMs: NOW_MS,
  });
}

test("what a recipe signs, it verifies", () => {
  fc.assert(
    fc.property(sending, ({ one, bytes, content }) => {
      const secret = secretFor(one.key, bytes);
      const headers = createSigner(one, [secret]).sign(inputFor(content));
      const result = verifySent(one, [secret], { headers, body: content });
      expect(result).toMatchObject({ status: "verified", secretIndex: 0 });
    }),
  );
});

test("[I4] one flipped bit in the body is refused by every recipe", () => {
  fc.assert(
    fc.property(sending, bitPosition, ({ one, bytes, content }, position) => {
      fc.pre(content.length > 0);
      const secret = secretFor(one.key, bytes);
      const headers = createSigner(one, [secret]).sign(inputFor(content));
      const result = verifySent(one, [secret], { headers, body: flipBit(content, position) });
      expect(result).toMatchObject({ reason: "wrong_secret_or_modified_body" });
    }),
  );
});

test("[I4] one flipped bit in the key is refused by every recipe", () => {
  fc.assert(
    fc.property(sending, bitPosition, ({ one, bytes, content }, position) => {
      const headers = createSigner(one, [secretFor(one.key, bytes)]).sign(inputFor(content));
      const other = secretFor(one.key, flipBit(bytes, position));
      const result = verifySent(one, [other], { headers, body: content });
      expect(result).toMatchObject({ reason: "wrong_secret_or_modified_body" });
    }),
  );
});

test("any of several secrets verifies, and the result says which", () => {
  fc.assert(
    fc.property(
      recipe,
      fc.uniqueArray(equallyLongKey, { minLength: 2, maxLength: 5, selector: (k) => k.toString() }),
      fc.nat(),
      (one, keys, pick) => {
        const secrets = keys.map((bytes) => secretFor(one.key, bytes));
        const secretIndex = pick % secrets.length;
        const headers = createSigner(one, [secrets[secretIndex] ?? ""]).sign(
          inputFor(Uint8Array.of(1)),
        );
        const result = verifySent(one, secrets, { headers, body: Uint8Array.of(1) });
        expect(result).toMatchObject({ status: "verified", secretIndex });
      },
    ),
  );
});
