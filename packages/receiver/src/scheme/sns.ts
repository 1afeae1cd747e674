/**
 * Amazon SNS over HTTP: RSA over the named fields of the body, with a certificate at AWS.
 *
 * Every AWS account can create a topic and have AWS sign its messages, so a valid signature alone says
 * little: the secrets of such a source are the ARNs of the topics that may send. Attributes beside
 * the message are not signed, and raw delivery is not signed at all.
 *
 * Source: the SNS guide "Verifying the signatures of messages", aws-js-sns-message-validator.
 */
import { certificateKey, isSignedBy } from "../crypto/public-key.ts";
import { decodeBase64 } from "../encoding/base64.ts";
import { lazyContent } from "../events/content.ts";
import { follow } from "../events/value.ts";
import { assertBytes } from "./assert-bytes.ts";
import { pinnedUrl, SNS_CERTIFICATE_URL } from "./certificate-url.ts";
import type { CompiledScheme } from "./compiled-scheme.ts";
import {
  keyNeeded,
  keyUnusable,
  malformedSignature,
  missingValue,
  unsupportedScheme,
  wrongClaim,
  wrongSecretOrModifiedBody,
} from "./failure.ts";
import { checkCredentials } from "./keys.ts";
import type { KeyRequest } from "./needed-key.ts";
import type { VerifyFailed, VerifyInput, VerifyResult } from "./result.ts";

const PLACE = { body: ["Signature"] } as const;

const NOTIFICATION = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
const CONFIRMATION = [
  "Message",
  "MessageId",
  "SubscribeURL",
  "Timestamp",
  "Token",
  "TopicArn",
  "Type",
];

const encoder = new TextEncoder();

export function compileSns(secrets: readonly string[]): CompiledScheme {
  checkCredentials(secrets);
  const verify = ({ body, nowMs, keys }: VerifyInput): VerifyResult => {
    assertBytes(body);
    const message = lazyContent(body, undefined).json();
    const proof = readProof(message);
    if ("status" in proof) return proof;
    const request: KeyRequest = { id: proof.url, url: proof.url, method: "GET" };
    const pem = keys?.(request);
    if (pem === undefined) return keyNeeded(request);
    const key = certificateKey(pem, nowMs);
    if (key === undefined) return keyUnusable("is no certificate");
    if (key === "expired") return keyUnusable("is not valid at this time");
    const signed = encoder.encode(proof.signed);
    if (!isSignedBy(key, proof, signed)) return wrongSecretOrModifiedBody(PLACE, 1);
    const secretIndex = secrets.findIndex((topic) => topic === follow(message, ["TopicArn"]));
    return secretIndex === -1
      ? wrongClaim(PLACE, "comes from a topic that is not configured")
      : { status: "verified", secretIndex };
  };
  return { verify };
}

type Proof = {
  readonly algorithm: "rsa-sha1" | "rsa-sha256";
  readonly signature: Uint8Array;
  readonly signed: string;
  readonly url: string;
};

function readProof(message: unknown): Proof | VerifyFailed {
  const text = follow(message, ["Signature"]);
  if (typeof text !== "string") return missingValue("the field Signature of the body");
  const signature = decodeBase64(text);
  if (signature === undefined || signature.length === 0) {
    return malformedSignature(PLACE, "a whole base64 signature");
  }
  const url = pinnedUrl(follow(message, ["SigningCertURL"]), SNS_CERTIFICATE_URL);
  if (url === undefined) {
    return malformedSignature({ body: ["SigningCertURL"] }, "the URL of a certificate of SNS");
  }
  const algorithm = algorithmOf(follow(message, ["SignatureVersion"]));
  if (algorithm === undefined) return unsupportedScheme(PLACE, "SignatureVersion 1 or 2");
  const signed = signedText(message);
  return typeof signed === "string" ? { algorithm, signature, signed, url } : signed;
}

function algorithmOf(version: unknown): Proof["algorithm"] | undefined {
  if (version === "1") return "rsa-sha1";
  return version === "2" ? "rsa-sha256" : undefined;
}

/** Name, line break, value, line break; only the subject may be absent. */
function signedText(message: unknown): string | VerifyFailed {
  const names = follow(message, ["Type"]) === "Notification" ? NOTIFICATION : CONFIRMATION;
  let text = "";
  for (const name of names) {
    const value = follow(message, [name]);
    if (typeof value === "string") text += `${name}\n${value}\n`;
    else if (name !== "Subject") return missingValue(`the field ${name} of the body`);
  }
  return text;
}
