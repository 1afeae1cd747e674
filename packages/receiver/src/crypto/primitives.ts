/**
 * What else is needed of `node:crypto`: comparison, the digest of a credential, random bytes.
 * With `mac.ts`, `public-key.ts` and `private-key.ts` the only files here that know the platform's
 * cryptography.
 */
import { createHash, randomBytes as nodeRandomBytes, timingSafeEqual } from "node:crypto";
import type { DigestAlgorithm } from "../scheme/recipe.ts";

/**
 * Whether two digests are the same, in a time that does not depend on where they differ (I4). A
 * digest's length is public, so unequal lengths may return at once.
 */
export function equalDigests(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * Digest of a credential. Credentials have any length; comparing digests of both sides instead
 * keeps the comparison at a fixed length, so that not even the length of the secret shows.
 */
export function digestOf(byteString: string): Uint8Array {
  return createHash("sha256").update(byteString, "latin1").digest();
}

/** The plain hash of some bytes. */
export function hashOf(algorithm: DigestAlgorithm, ...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export function randomBytes(count: number): Uint8Array {
  return nodeRandomBytes(count);
}
