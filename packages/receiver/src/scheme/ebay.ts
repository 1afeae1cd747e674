/**
 * eBay: `X-EBAY-SIGNATURE` is base64 of JSON with the id of a key and an ECDSA signature (SHA-1) over
 * the body. The key is at eBay's notification API; the secret of such a source is the verification
 * token, which only the handshake uses.
 *
 * Secondary sources only: experimental.
 */
import { isSignedBy, pemKey } from "../crypto/public-key.ts";
import { decodeBase64 } from "../encoding/base64.ts";
import { follow } from "../events/value.ts";
import { assertBytes } from "./assert-bytes.ts";
import type { CompiledScheme } from "./compiled-scheme.ts";
import {
  keyNeeded,
  keyUnusable,
  malformedSignature,
  wrongSecretOrModifiedBody,
} from "./failure.ts";
import { checkCredentials } from "./keys.ts";
import type { KeyRequest } from "./needed-key.ts";
import { readHeader } from "./read-header.ts";
import type { VerifyInput, VerifyResult } from "./result.ts";

const HEADER = "x-ebay-signature";
const KEYS = "https://api.ebay.com/commerce/notification/v1/public_key/";

/** What can stand in a URL without meaning anything there. */
const KEY_ID = /^[A-Za-z0-9_-]{1,128}$/;

const decoder = new TextDecoder("utf-8", { fatal: true });

export function compileEbay(secrets: readonly string[]): CompiledScheme {
  checkCredentials(secrets);
  const verify = ({ headers, body, keys }: VerifyInput): VerifyResult => {
    assertBytes(body);
    const value = readHeader(headers, HEADER);
    if (typeof value !== "string") return value;
    const proof = readProof(value);
    if (proof === undefined) {
      return malformedSignature({ header: HEADER }, "base64 of JSON with kid and signature");
    }
    const url = KEYS + proof.keyId;
    const request: KeyRequest = { id: url, url, method: "GET", credentials: "ebay" };
    const text = keys?.(request);
    if (text === undefined) return keyNeeded(request);
    const pem = follow(parse(text), ["key"]);
    const key = typeof pem === "string" ? pemKey(pem) : undefined;
    if (key === undefined) return keyUnusable("is no public key");
    return isSignedBy(key, { algorithm: "ecdsa-sha1", signature: proof.signature }, body)
      ? { status: "verified", secretIndex: 0 }
      : wrongSecretOrModifiedBody({ header: HEADER }, 1);
  };
  return { header: HEADER, verify };
}

function readProof(
  value: string,
): { readonly keyId: string; readonly signature: Uint8Array } | undefined {
  const bytes = decodeBase64(value);
  if (bytes === undefined) return undefined;
  let parsed: unknown;
  try {
    parsed = parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
  const [keyId, text] = [follow(parsed, ["kid"]), follow(parsed, ["signature"])];
  if (typeof keyId !== "string" || !KEY_ID.test(keyId) || typeof text !== "string")
    return undefined;
  const signature = decodeBase64(text);
  return signature === undefined || signature.length === 0 ? undefined : { keyId, signature };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
