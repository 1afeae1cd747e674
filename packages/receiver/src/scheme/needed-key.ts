/**
 * Keys that a sender publishes and a receiver has to fetch: certificates of SNS and PayPal, JSON Web
 * Keys of Plaid, eBay and Kinde.
 *
 * Verifying stays synchronous and knows no network. A verifier that lacks a key answers `key_needed`
 * with a request for it; whoever can fetch does so, bounded and through its own guard against
 * requests into private networks, and asks again. Every URL in such a request is https and was
 * checked against the host that the scheme prescribes; a certificate's URL comes from the sender,
 * so this check is what the whole verification hangs on.
 *
 * The sender chooses the key's id. Whoever caches must therefore bound the cache, and limit how often
 * it asks for ids that turned out not to exist.
 */
import type { VerifyInput, VerifyResult, Verifier } from "./result.ts";

export type KeyRequest = {
  /** Unique per key; what to cache it under. */
  readonly id: string;
  readonly url: string;
  readonly method: "GET" | "POST";
  /** JSON to send, without the credentials. */
  readonly body?: Readonly<Record<string, string>>;
  /**
   * What the caller adds. `plaid`: `client_id` and `secret` in the body, the two halves of the
   * configured secret. `ebay`: an application token as `Authorization: Bearer`.
   */
  readonly credentials?: "plaid" | "ebay";
};

/** The text of the answer, or `undefined` if it was not fetched yet. Must not throw. */
export type KeyLookup = (request: KeyRequest) => string | undefined;

/** Fetches the text of a key; `undefined` or a rejection if that fails. */
export type FetchKey = (request: KeyRequest) => Promise<string | undefined>;

/**
 * Verifies; if a key is missing, fetches it and verifies again. The result is `key_needed` only if
 * the key could not be fetched: answer 5xx then, so that the sender tries again.
 *
 * @example
 * const result = await verifyWithKeys(verifier, input, async ({ url }) => (await fetch(url)).text());
 */
export async function verifyWithKeys(
  verifier: Verifier,
  input: VerifyInput,
  fetchKey: FetchKey,
): Promise<VerifyResult> {
  const result = verifier.verify(input);
  if (result.status !== "failed" || result.keyRequest === undefined) return result;
  const { id } = result.keyRequest;
  const text = await fetchOrNothing(fetchKey, result.keyRequest);
  if (text === undefined) return result;
  return verifier.verify({ ...input, keys: (request) => (request.id === id ? text : undefined) });
}

async function fetchOrNothing(
  fetchKey: FetchKey,
  request: KeyRequest,
): Promise<string | undefined> {
  try {
    return await fetchKey(request);
  } catch {
    // Not reachable now; the caller sees `key_needed`.
    return undefined;
  }
}
