/** Over all providers: nothing makes a verifier throw, and no changed bit is accepted. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { answerHandshake, headersFromRaw, lazyContent, splitEvents } from "../../src/index.ts";
import { providerCases } from "../providers/provider-case.ts";
import { bitPosition, flipBit } from "../verify.ts";

const signing = providerCases
  .filter(({ provider }) => provider.recipe.scheme !== "none")
  .map((one) => ({ ...one }));

/** Where one bit can change without changing what is said: letters of escapes in a form. */
const isForm = (headers: { get: (name: string) => string | undefined }): boolean =>
  headers.get("content-type") === "application/x-www-form-urlencoded";

const noise = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom("t=1,v1=", "v0=", "a.b.c", "e30.e30.", "e30=", "Bearer ", "Basic ", "HMAC "),
);

test.each(signing)("[I4] $name: no header, URL or body makes it throw", (one) => {
  const { provider, verifier, good } = one;
  const names = headerNames(JSON.stringify(provider.recipe));
  const headers = fc.array(fc.tuple(fc.constantFrom(...names), noise), { maxLength: 6 });
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.json().map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(headers, body, noise, (pairs, bytes, query) => {
      const input = {
        ...good,
        headers: headersFromRaw(pairs.flat()),
        body: bytes,
        url: `${good.url}&${query}`,
      };
      const result = verifier.verify(input);
      expect(result.status).toBe("failed");
      const content = lazyContent(bytes, input.headers.get("content-type"));
      answerHandshake(provider, { ...input, content, secrets: one.secrets }, result);
      splitEvents(provider, input);
    }),
    { numRuns: 60 },
  );
});

function headerNames(recipe: string): readonly string[] {
  const found = [...recipe.matchAll(/"(?:header|prefix)":"([a-z0-9-]+)"/g)].map(([, name]) => name);
  return [...found.filter((name) => name !== undefined), "authorization", "content-type"];
}

const bound = signing.filter(
  ({ verifier, good }) => verifier.verify(good).status === "verified" && !isForm(good.headers),
);

/** Only the named fields of these are signed: a changed space or an unsigned field is no forgery. */
const PARTLY_SIGNED = new Set(["aws-sns", "kinde"]);

test.each(bound.filter(({ name }) => !PARTLY_SIGNED.has(name)))(
  "[I4] $name: one changed bit of the body is refused",
  ({ verifier, good }) => {
    fc.assert(
      fc.property(bitPosition, (position) => {
        const result = verifier.verify({ ...good, body: flipBit(good.body, position) });
        expect(result.status).toBe("failed");
      }),
      { numRuns: 60 },
    );
  },
);
