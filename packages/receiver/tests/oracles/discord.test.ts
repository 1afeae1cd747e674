/** Oracle: `verifyKey` of `discord-interactions`. It signs nothing, so node's own Ed25519 does. */
import { verifyKey } from "discord-interactions";
import fc from "fast-check";
import { generateKeyPairSync, sign } from "node:crypto";
import { expect, test } from "vitest";
import { discord } from "../../src/index.ts";
import { bitPosition, flipBit, NOW_S, verify } from "../verify.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const KEY = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");

const bytes = fc.uint8Array({ minLength: 1, maxLength: 400 });

function signed(body: Uint8Array): { timestamp: string; signature: string } {
  const timestamp = String(NOW_S);
  const text = Buffer.concat([Buffer.from(timestamp), body]);
  return { timestamp, signature: sign(null, text, privateKey).toString("hex") };
}

test("[I4] the vendor's package and this one agree on every body, changed or not", async () => {
  await fc.assert(
    fc.asyncProperty(bytes, bitPosition, fc.boolean(), async (body, position, isChanged) => {
      const { timestamp, signature } = signed(body);
      const arriving = isChanged ? flipBit(body, position) : body;
      const result = verify(discord.recipe, [KEY], {
        headers: { "X-Signature-Ed25519": signature, "X-Signature-Timestamp": timestamp },
        body: arriving,
      });
      const vendors = await verifyKey(Buffer.from(arriving), signature, timestamp, KEY);
      expect(result.status === "verified").toBe(vendors);
      expect(vendors).toBe(!isChanged);
    }),
  );
});
