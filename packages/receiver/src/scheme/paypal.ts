/**
 * PayPal: RSA over transmission id, time, webhook id and a checksum of the body, with a certificate
 * at PayPal. The secret of such a source is the id of the webhook.
 *
 * The checksum is a CRC-32, and another body with the same one is easily written. So whoever has seen
 * one genuine request could send a second body with its headers; the result is therefore
 * `authenticated`, never `verified`. What matters should be looked up at PayPal.
 *
 * Source: PayPal's REST reference "Verify webhook signature", two independent implementations.
 */
import { certificateKey, isSignedBy } from "../crypto/public-key.ts";
import { decodeBase64 } from "../encoding/base64.ts";
import { bytesOfByteString, isByteString } from "../encoding/binary-string.ts";
import { crc32 } from "../encoding/crc32.ts";
import { assertBytes } from "./assert-bytes.ts";
import { PAYPAL_CERTIFICATE_URL, pinnedUrl } from "./certificate-url.ts";
import type { CompiledScheme } from "./compiled-scheme.ts";
import {
  keyNeeded,
  keyUnusable,
  malformedHeader,
  malformedSignature,
  unsupportedScheme,
  wrongSecretOrModifiedBody,
} from "./failure.ts";
import { checkCredentials } from "./keys.ts";
import type { KeyRequest } from "./needed-key.ts";
import { readHeader } from "./read-header.ts";
import type { VerifyFailed, VerifyInput, VerifyResult } from "./result.ts";

const PREFIX = "paypal-";
const HEADER = `${PREFIX}transmission-sig`;
const CERTIFICATE = `${PREFIX}cert-url`;
const ALGORITHM = `${PREFIX}auth-algo`;

export function compilePayPal(secrets: readonly string[]): CompiledScheme {
  checkCredentials(secrets);
  const verify = (input: VerifyInput): VerifyResult => {
    assertBytes(input.body);
    const proof = readProof(input);
    if ("status" in proof) return proof;
    const request: KeyRequest = { id: proof.url, url: proof.url, method: "GET" };
    const pem = input.keys?.(request);
    if (pem === undefined) return keyNeeded(request);
    const key = certificateKey(pem, input.nowMs);
    if (key === undefined) return keyUnusable("is no certificate");
    if (key === "expired") return keyUnusable("is not valid at this time");
    const secretIndex = secrets.findIndex((webhookId) => {
      const signed = bytesOfByteString(`${proof.before}|${webhookId}|${crc32(input.body)}`);
      return isSignedBy(key, { algorithm: "rsa-sha256", signature: proof.signature }, signed);
    });
    return secretIndex === -1
      ? wrongSecretOrModifiedBody({ header: HEADER }, secrets.length)
      : { status: "authenticated", secretIndex };
  };
  return { header: HEADER, verify };
}

type Proof = { readonly signature: Uint8Array; readonly url: string; readonly before: string };

const NAMES = [
  HEADER,
  CERTIFICATE,
  ALGORITHM,
  `${PREFIX}transmission-id`,
  `${PREFIX}transmission-time`,
] as const;

function readProof({ headers }: VerifyInput): Proof | VerifyFailed {
  const values: string[] = [];
  for (const name of NAMES) {
    const value = readHeader(headers, name);
    if (typeof value !== "string") return value;
    if (!isByteString(value) || value.includes("|")) {
      return malformedHeader(name, "holds what no such header can");
    }
    values.push(value);
  }
  return proofOf(values);
}

function proofOf([text = "", certificate, algorithm, id, time]: readonly string[]):
  | Proof
  | VerifyFailed {
  const signature = decodeBase64(text);
  if (signature === undefined || signature.length === 0) {
    return malformedSignature({ header: HEADER }, "a whole base64 signature");
  }
  const url = pinnedUrl(certificate, PAYPAL_CERTIFICATE_URL);
  if (url === undefined) return malformedHeader(CERTIFICATE, "is not of a certificate of PayPal");
  if (algorithm !== "SHA256withRSA") {
    return unsupportedScheme({ header: ALGORITHM }, "SHA256withRSA");
  }
  return { signature, url, before: `${id}|${time}` };
}
