/**
 * One function per way to fail: the reason, what happened in one sentence, and what to check.
 *
 * Header names come from the recipe and times are numbers; nothing a sender chose freely is
 * repeated (I12). Whether a body was modified or the secret is wrong cannot be told from one
 * comparison; `explain.ts` tries the usual suspects, off the hot path.
 */
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

export function malformedSignature(header: string, expected: string): VerifyFailed {
  return {
    status: "failed",
    reason: "malformed_signature",
    message: `The header ${header} does not hold ${expected}.`,
    hint: "Check that the source's provider is the one that sends this request, and that no proxy shortens headers.",
    header,
  };
}

export function malformedTimestamp(header: string, expected: string): VerifyFailed {
  return {
    status: "failed",
    reason: "malformed_timestamp",
    message: `The timestamp in the header ${header} is not ${expected}.`,
    hint: "Check that the source's provider is the one that sends this request.",
    header,
  };
}

export function unsupportedScheme(header: string, wanted: string): VerifyFailed {
  return {
    status: "failed",
    reason: "unsupported_scheme",
    message: `The header ${header} holds no signature of the kind "${wanted}".`,
    hint: "The sender signs in another way; switch it on there, or choose the provider or recipe that fits.",
    header,
  };
}

export function wrongSecretOrModifiedBody(header: string, secretCount: number): VerifyFailed {
  const secrets = secretCount === 1 ? "the secret" : `any of the ${secretCount} secrets`;
  return {
    status: "failed",
    reason: "wrong_secret_or_modified_body",
    message: `The signature does not match the body with ${secrets}.`,
    hint: "Copy the secret again from the provider, for this URL and this mode (test or live); if it is right, something changed the body on the way, and `explain` (or `ringdown verify`) often shows what.",
    header,
  };
}

export function timestampTooOld(header: string, ageMs: number, toleranceMs: number): VerifyFailed {
  return {
    status: "failed",
    reason: "timestamp_too_old",
    message: `The signature is genuine but ${seconds(ageMs)} old, ${seconds(ageMs - toleranceMs)} more than the ${seconds(toleranceMs)} tolerated.`,
    hint: "Either an old request is sent again, or a clock is wrong: compare this machine's clock with a time server.",
    header,
    ageMs,
  };
}

export function timestampInFuture(
  header: string,
  ageMs: number,
  toleranceMs: number,
): VerifyFailed {
  return {
    status: "failed",
    reason: "timestamp_in_future",
    message: `The signature is genuine but ${seconds(-ageMs)} in the future, ${seconds(-ageMs - toleranceMs)} more than the ${seconds(toleranceMs)} tolerated.`,
    hint: "This machine's clock is behind, or the sender's is ahead: compare it with a time server.",
    header,
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

export function addressNotAllowed(): VerifyFailed {
  return {
    status: "failed",
    reason: "address_not_allowed",
    message: "The sender's address is in none of the allowed ranges.",
    hint: "Compare the address with the provider's published list; behind a proxy, check that the real client address is passed on.",
  };
}

/** Whole seconds, or with milliseconds where they matter. */
function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(3))} s`;
}
