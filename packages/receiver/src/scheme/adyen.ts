/**
 * Adyen's payment notifications: each item of the body bears its own signature over eight of its
 * fields, and every item must match, not only the first.
 *
 * The other fields of an item are not signed, so the result is `authenticated`: the sender and the
 * payment it speaks of are certain, the rest of the body is not.
 *
 * Source: adyen-node-api-library `hmacValidator.ts`.
 */
import { createMac } from "../crypto/mac.ts";
import { equalDigests } from "../crypto/primitives.ts";
import { decodeBase64 } from "../encoding/base64.ts";
import { utf8AsByteString } from "../encoding/binary-string.ts";
import { lazyContent } from "../events/content.ts";
import { follow } from "../events/value.ts";
import { assertBytes } from "./assert-bytes.ts";
import type { CompiledScheme } from "./compiled-scheme.ts";
import { malformedBody, malformedSignature, missingValue } from "./failure.ts";
import { wrongSecretOrModifiedBody } from "./failure.ts";
import { deriveKeys } from "./keys.ts";
import type { VerifyInput, VerifyResult } from "./result.ts";

const SIGNATURE = ["additionalData", "hmacSignature"] as const;
const PLACE = {
  body: ["notificationItems", "0", "NotificationRequestItem", ...SIGNATURE],
} as const;

/** Adyen sends at most six. */
const MAX_ITEMS = 100;

const DIGEST_BYTES = 32;
const NO_BYTES = new Uint8Array(0);

export function compileAdyen(secrets: readonly string[]): CompiledScheme {
  const keys = deriveKeys({ from: "hex", minBytes: 16 }, secrets);
  const macs = keys.map((key) => createMac("sha256", key));

  const verify = ({ body }: VerifyInput): VerifyResult => {
    assertBytes(body);
    const items = follow(lazyContent(body, undefined).json(), ["notificationItems"]);
    if (!Array.isArray(items) || items.length === 0 || items.length > MAX_ITEMS) {
      return malformedBody("holds no list of notification items");
    }
    let secretIndex = 0;
    for (const wrapped of items) {
      const item = follow(wrapped, ["NotificationRequestItem"]);
      const text = follow(item, SIGNATURE);
      if (typeof text !== "string") return missingValue("the signature of an item of the body");
      const signature = decodeBase64(text);
      if (signature?.length !== DIGEST_BYTES) {
        return malformedSignature(PLACE, "a whole base64 signature of 32 bytes");
      }
      const before = signedFields(item);
      const match = macs.findIndex((mac) =>
        equalDigests(signature, mac.digest({ before, after: "" }, NO_BYTES)),
      );
      if (match === -1) return wrongSecretOrModifiedBody(PLACE, macs.length);
      secretIndex = Math.max(secretIndex, match);
    }
    return { status: "authenticated", secretIndex };
  };
  return { verify };
}

function signedFields(item: unknown): string {
  const fields = [
    ["pspReference"],
    ["originalReference"],
    ["merchantAccountCode"],
    ["merchantReference"],
    ["amount", "value"],
    ["amount", "currency"],
    ["eventCode"],
    ["success"],
  ].map((path) => {
    const value = follow(item, path);
    const isScalar =
      typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    return isScalar ? String(value) : "";
  });
  return utf8AsByteString(fields.join(":"));
}
