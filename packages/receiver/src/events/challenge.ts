/**
 * Answers that prove to a provider that the receiver holds the secret.
 *
 * Such an answer is a signature over a text that the asker chose, with the key that signs events: an
 * oracle, if the text could be an event. So what is signed here and what a verifier accepts have
 * nothing in common, and each entry says why:
 *
 * - X signs the bare body. A token is letters, digits, `-` and `_`; a body begins with `{`, which
 *   the verifier insists on (`bodyBegins`).
 * - Zoom signs `v0:<time>:<body>`. A token has no colon.
 * - Braintree signs base64. What looks like a challenge is refused as a payload (`braintree.ts`).
 * - eBay's answer is a plain hash; events are signed with a key of eBay's own.
 */
import { createMac } from "../crypto/mac.ts";
import { hashOf } from "../crypto/primitives.ts";
import { encodeHex } from "../encoding/hex.ts";
import { braintreeAnswer } from "../scheme/braintree.ts";
import { deriveKeys } from "../scheme/keys.ts";

export type ChallengeKind = "x-crc" | "zoom-validation" | "braintree-challenge" | "ebay-challenge";

export type ChallengeContext = {
  readonly secrets?: readonly string[];
  readonly url?: string;
};

const TOKEN = /^[A-Za-z0-9_-]{1,128}$/;
const CODE = /^[A-Za-z0-9_-]{1,256}$/;

const NO_BYTES = new Uint8Array(0);
const encoder = new TextEncoder();

/** Text or JSON; `undefined` for a challenge that could be something else, or without a secret. */
export function computeAnswer(
  kind: ChallengeKind,
  challenge: string,
  { secrets = [], url }: ChallengeContext,
): string | undefined {
  const [secret] = secrets;
  if (secret === undefined) return undefined;
  switch (kind) {
    case "x-crc": {
      if (!TOKEN.test(challenge)) return undefined;
      return JSON.stringify({ response_token: `sha256=${macOf(secret, challenge, "base64")}` });
    }
    case "zoom-validation": {
      if (!TOKEN.test(challenge)) return undefined;
      const encryptedToken = macOf(secret, challenge, "hex");
      return JSON.stringify({ plainToken: challenge, encryptedToken });
    }
    case "braintree-challenge":
      return braintreeAnswer(secret, challenge);
    case "ebay-challenge": {
      if (!CODE.test(challenge) || url === undefined) return undefined;
      const place = url.replace(/[?#].*$/s, "");
      const digest = hashOf("sha256", encoder.encode(challenge + secret + place));
      return JSON.stringify({ challengeResponse: encodeHex(digest) });
    }
  }
}

function macOf(secret: string, text: string, encoding: "hex" | "base64"): string {
  const [key = NO_BYTES] = deriveKeys({ from: "utf8", minBytes: 8 }, [secret]);
  return createMac("sha256", key).text({ before: text, after: "" }, NO_BYTES, encoding);
}
