/**
 * One function per way to fail: the reason, what happened in one sentence, and what to check.
 *
 * Header names come from the recipe and times are numbers; nothing a sender chose freely is
 * repeated (I12). Whether a body was modified or the secret is wrong cannot be told from one
 * comparison; `explain.ts` tries the usual suspects, off the hot path.
 */
import type { ValueLocation } from "../events/value.ts";
import type { KeyRequest } from "./needed-key.ts";
import { nameOfPlace } from "./place.ts";
import type { VerifyFailed } from "./result.ts";

export function missingHeader(header: string): VerifyFailed {
  return {
    status: "failed",
    reason: "missing_header",
    message: `The header ${header} is missing.`,
    hint: "Check that the request comes from this provider, that a secret is set on its side, and that no proxy removes the header.",
    header,
  };
}

export function repeatedHeader(header: string): VerifyFailed {
  return {
    status: "failed",
    reason: "repeated_header",
    message: `The header ${header} was sent more than once.`,
    hint: "A signed header must be unique; look for a proxy that adds it again.",
    header,
  };
}

export function malformedHeader(header: string, problem: string): VerifyFailed {
  return {
    status: "failed",
    reason: "malformed_header",
    message: `The header ${header} ${problem}.`,
    hint: "Check that the source's provider is the one that sends this request.",
    header,
  };
}

export function malformedSignature(place: ValueLocation, expected: string): VerifyFailed {
  return {
    status: "failed",
    reason: "malformed_signature",
    message: `${capitalised(nameOfPlace(place))} does not hold ${expected}.`,
    hint: "Check that the source's provider is the one that sends this request, and that no proxy shortens headers.",
    ...headerOf(place),
  };
}

export function malformedTimestamp(place: ValueLocation, expected: string): VerifyFailed {
  return {
    status: "failed",
    reason: "malformed_timestamp",
    message: `The timestamp in ${nameOfPlace(place)} is not ${expected}.`,
    hint: "Check that the source's provider is the one that sends this request.",
    ...headerOf(place),
  };
}

/** Something that must be in the body or in the URL. */
export function missingValue(name: string): VerifyFailed {
  return {
    status: "failed",
    reason: "missing_value",
    message: `${capitalised(name)} is missing, or is no text.`,
    hint: "Check that the request comes from this provider, and that nothing parsed and rewrote the body or shortened the URL on the way.",
  };
}

export function malformedBody(problem: string): VerifyFailed {
  return {
    status: "failed",
    reason: "malformed_body",
    message: `The body ${problem}.`,
    hint: "Check that the source's provider is the one that sends this request.",
  };
}

/** A token, or a certificate, that says something else than it must. */
export function wrongClaim(place: ValueLocation, problem: string): VerifyFailed {
  return {
    status: "failed",
    reason: "wrong_claim",
    message: `What is signed in ${nameOfPlace(place)} ${problem}.`,
    hint: "The sender is genuine, but meant this request for somebody else or signed something else: compare the configuration on both sides.",
    ...headerOf(place),
  };
}

export function keyNeeded(request: KeyRequest): VerifyFailed {
  return {
    status: "failed",
    reason: "key_needed",
    message: `The signature can be checked only with a key that ${new URL(request.url).hostname} publishes.`,
    hint: "Fetch it and verify again with it, as verifyWithKeys does.",
    keyRequest: request,
  };
}

export function keyUnusable(problem: string): VerifyFailed {
  return {
    status: "failed",
    reason: "key_unusable",
    message: `The sender's published key cannot be used: it ${problem}.`,
    hint: "Fetch the key again; if that does not help, the sender changed how it publishes keys.",
  };
}

export function unsupportedScheme(place: ValueLocation, wanted: string): VerifyFailed {
  return {
    status: "failed",
    reason: "unsupported_scheme",
    message: `${capitalised(nameOfPlace(place))} holds no signature of the kind "${wanted}".`,
    hint: "The sender signs in another way; switch it on there, or choose the provider or recipe that fits.",
    ...headerOf(place),
  };
}

export function wrongSecretOrModifiedBody(place: ValueLocation, secretCount: number): VerifyFailed {
  const secrets = secretCount === 1 ? "the secret" : `any of the ${secretCount} secrets`;
  return {
    status: "failed",
    reason: "wrong_secret_or_modified_body",
    message: `The signature does not match the body with ${secrets}.`,
    hint: "Copy the secret again from the provider, for this URL and this mode (test or live); if it is right, something changed the body on the way, and `explain` (or `ringdown verify`) often shows what.",
    ...headerOf(place),
  };
}

export function timestampTooOld(
  place: ValueLocation,
  ageMs: number,
  toleranceMs: number,
): VerifyFailed {
  return {
    status: "failed",
    reason: "timestamp_too_old",
    message: `The signature is genuine but ${seconds(ageMs)} old, ${seconds(ageMs - toleranceMs)} more than the ${seconds(toleranceMs)} tolerated.`,
    hint: "Either an old request is sent again, or a clock is wrong: compare this machine's clock with a time server.",
    ...headerOf(place),
    ageMs,
  };
}

export function timestampInFuture(
  place: ValueLocation,
  ageMs: number,
  toleranceMs: number,
): VerifyFailed {
  return {
    status: "failed",
    reason: "timestamp_in_future",
    message: `The signature is genuine but ${seconds(-ageMs)} in the future, ${seconds(-ageMs - toleranceMs)} more than the ${seconds(toleranceMs)} tolerated.`,
    hint: "This machine's clock is behind, or the sender's is ahead: compare it with a time server.",
    ...headerOf(place),
    ageMs,
  };
}

export function missingCredentials(header: string): VerifyFailed {
  return {
    status: "failed",
    reason: "missing_credentials",
    message: `The header ${header} holds no credentials of the expected kind.`,
    hint: "Set the same credentials on the sender's side.",
    header,
  };
}

export function wrongCredentials(header: string): VerifyFailed {
  return {
    status: "failed",
    reason: "wrong_credentials",
    message: `The credentials in the header ${header} are not among those configured.`,
    hint: "Compare both sides; while rotating, configure the old and the new one together.",
    header,
  };
}

export function wrongBodyCredentials(name: string): VerifyFailed {
  return {
    status: "failed",
    reason: "wrong_credentials",
    message: `What is in ${name} is not among the secrets configured.`,
    hint: "Compare both sides; while rotating, configure the old and the new one together.",
  };
}

export function addressNotAllowed(): VerifyFailed {
  return {
    status: "failed",
    reason: "address_not_allowed",
    message: "The sender's address is in none of the allowed ranges.",
    hint: "Compare the address with the provider's published list; behind a proxy, check that the real client address is passed on.",
  };
}

function headerOf(place: ValueLocation): { readonly header?: string } {
  return "header" in place ? { header: place.header } : {};
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Whole seconds, or with milliseconds where they matter. */
function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(3))} s`;
}
