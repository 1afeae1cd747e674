/**
 * The headers that every answer of the API and of ingest carries, so that nothing stored or received
 * is ever run, framed, sniffed or cached by a browser (I12).
 *
 * Source: OWASP Secure Headers Project; Fetch standard, "CORP"; HTML standard, "COOP".
 */

/** Data is never a document: no script, no style, no frame, no form. */
const DATA_CSP = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Bytes somebody else chose: as above, and in an origin of their own if shown at all. */
export const UNTRUSTED_CSP: string = "sandbox; default-src 'none'; frame-ancestors 'none'";

const ALWAYS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "cache-control": "no-store",
} as const;

/** For every answer; a document has a Content-Security-Policy of its own instead of this one. */
export function commonHeaders(requestId: string): Readonly<Record<string, string>> {
  return { "x-request-id": requestId, "content-security-policy": DATA_CSP, ...ALWAYS };
}
