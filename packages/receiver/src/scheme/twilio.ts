/**
 * Twilio: HMAC-SHA1 over the public URL and the sorted fields of a form.
 *
 * Of any other body the URL bears a digest, `bodySHA256`, which Twilio appends before it signs; if it
 * is there it must fit, whatever the request says about its content type. Twilio signs the URL now
 * with and now without its default port, so both are tried, as its own library does.
 *
 * Source: twilio-node `src/webhooks/webhooks.ts`.
 */
import { createMac, type Mac } from "../crypto/mac.ts";
import { equalDigests, hashOf } from "../crypto/primitives.ts";
import { decodeBase64 } from "../encoding/base64.ts";
import { utf8AsByteString } from "../encoding/binary-string.ts";
import { decodeHex } from "../encoding/hex.ts";
import { queryValue } from "../events/value.ts";
import { assertBytes } from "./assert-bytes.ts";
import type { CompiledScheme } from "./compiled-scheme.ts";
import {
  malformedBody,
  malformedSignature,
  missingValue,
  wrongSecretOrModifiedBody,
} from "./failure.ts";
import { deriveKeys } from "./keys.ts";
import { readHeader } from "./read-header.ts";
import type { TwilioRecipe } from "./recipe-special.ts";
import type { VerifyFailed, VerifyInput, VerifyResult } from "./result.ts";
import type { SignatureHeaders, SignInput } from "./sign.ts";
import { sortedForm } from "./signed-values.ts";

const DIGEST_BYTES = 20;
const NO_BYTES = new Uint8Array(0);

export function compileTwilio(
  { header }: TwilioRecipe,
  secrets: readonly string[],
): CompiledScheme {
  const macs = macsOf(secrets);
  const verify = (input: VerifyInput): VerifyResult => {
    assertBytes(input.body);
    const value = readHeader(input.headers, header);
    if (typeof value !== "string") return value;
    const signature = decodeBase64(value);
    if (signature?.length !== DIGEST_BYTES) {
      return malformedSignature({ header }, "a whole base64 signature of 20 bytes");
    }
    const fields = signedFields(input, header);
    if (typeof fields !== "string") return fields;
    const urls = [input.url, otherPort(input.url)];
    const secretIndex = macs.findIndex((mac) =>
      urls.some((url) => {
        const before = utf8AsByteString(url) + fields;
        return equalDigests(signature, mac.digest({ before, after: "" }, NO_BYTES));
      }),
    );
    if (secretIndex === -1) return wrongSecretOrModifiedBody({ header }, macs.length);
    return { status: "verified", secretIndex };
  };
  return { header, verify };
}

/** As Twilio signs a form; what a simulator needs. */
export function twilioSigner(
  { header }: TwilioRecipe,
  secrets: readonly string[],
): { readonly sign: (input: SignInput) => SignatureHeaders } {
  const [mac] = macsOf(secrets);
  const sign = ({ url = "", body }: SignInput): SignatureHeaders => {
    const before = utf8AsByteString(url) + (sortedForm(body) ?? "");
    return { [header]: mac?.text({ before, after: "" }, NO_BYTES, "base64") ?? "" };
  };
  return { sign };
}

function macsOf(secrets: readonly string[]): readonly Mac[] {
  return deriveKeys({ from: "utf8", minBytes: 16 }, secrets).map((key) => createMac("sha1", key));
}

function signedFields({ url, headers, body }: VerifyInput, header: string): string | VerifyFailed {
  const digest = queryValue(url, "bodySHA256");
  if (digest !== undefined) {
    const bytes = decodeHex(digest);
    const isSame = bytes !== undefined && equalDigests(bytes, hashOf("sha256", body));
    return isSame ? "" : wrongSecretOrModifiedBody({ header }, 1);
  }
  if (body.length === 0) return "";
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers.get("content-type") ?? "");
  if (!isForm) return missingValue("the parameter bodySHA256 of the URL");
  return sortedForm(body) ?? malformedBody("is no form in UTF-8");
}

/** The URL with its default port if it names none, and without it if it does. */
function otherPort(url: string): string {
  const match = /^(https?):\/\/([^/?#:]+)(:\d+)?(.*)$/s.exec(url);
  if (match === null) return url;
  const [, scheme, host, port, rest] = match;
  const usual = scheme === "https" ? ":443" : ":80";
  return `${scheme}://${host}${port === undefined ? usual : ""}${rest}`;
}
