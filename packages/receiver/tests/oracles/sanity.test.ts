/** Oracle: `@sanity/webhook`, which signs and verifies. */
import { encodeSignatureHeader, isValidSignature } from "@sanity/webhook";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sanity, signRequest } from "../../src/index.ts";
import { bytesOf, NOW_MS, textBody, verify } from "../verify.ts";

const SECRET = "a secret that we chose for Sanity";

test("what Sanity signs, this verifies", async () => {
  await fc.assert(
    fc.asyncProperty(textBody, async (body) => {
      const header = await encodeSignatureHeader(body, NOW_MS, SECRET);
      const headers = { "sanity-webhook-signature": header };
      const result = verify(sanity.recipe, [SECRET], { headers, body });
      expect(result).toEqual({ status: "verified", secretIndex: 0, ageMs: 0 });
    }),
  );
});

test("what this signs, Sanity verifies", async () => {
  await fc.assert(
    fc.asyncProperty(textBody, async (body) => {
      const headers = signRequest(sanity, { secret: SECRET, body: bytesOf(body), nowMs: NOW_MS });
      const header = headers["sanity-webhook-signature"] ?? "";
      expect(await isValidSignature(body, header, SECRET)).toBe(true);
    }),
  );
});
