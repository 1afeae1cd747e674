/**
 * HMAC (RFC 2104) over `before + body + after`, with the key prepared once.
 *
 * `createHmac` builds three native objects for each call. A MAC over a small body is instead two
 * one-shot hashes, H(opad + H(ipad + text)), over a reused buffer: measured 2026-11-23 on Node
 * 26.10, 2 vCPU EPYC, 2 KB body: 2.7 us against 4.2 us (and 6.4 us with a Buffer as result). Larger
 * bodies, and Node before 20.12 which lacks the one-shot hash, take `createHmac`; a test holds the
 * two equal. The body is hashed as the bytes it is; nothing here decodes it (I4).
 *
 * Not re-entrant, and need not be: everything is synchronous, so the shared buffer is never in use
 * twice. One of the three files of this package that know `node:crypto`.
 */
import * as crypto from "node:crypto";
import { writeByteString } from "../encoding/binary-string.ts";
import type { DigestAlgorithm, SignatureEncoding } from "../scheme/recipe.ts";

export type Mac = {
  /** The array is overwritten by the next call. */
  readonly digest: (frame: Frame, body: Uint8Array) => Uint8Array;
  /** The digest as text, as a sender writes it into a header. */
  readonly text: (frame: Frame, body: Uint8Array, encoding: SignatureEncoding) => string;
};

/** What is hashed around the body, as byte strings. */
export type Frame = { readonly before: string; readonly after: string };

export const DIGEST_BYTES: Readonly<Record<DigestAlgorithm, number>> = {
  sha1: 20,
  sha256: 32,
  sha512: 64,
};

const BLOCK_BYTES: Readonly<Record<DigestAlgorithm, number>> = {
  sha1: 64,
  sha256: 64,
  sha512: 128,
};

/** Up to here, hashing from the reused buffer is faster than `createHmac`; beyond, hashing dominates. */
const ONE_SHOT_LIMIT_BYTES = 16 * 1024;

const scratch = new Uint8Array(ONE_SHOT_LIMIT_BYTES);

/** Absent before Node 20.12, where importing it by name would fail. */
const oneShotHash: typeof crypto.hash | undefined = crypto.hash;

/** "binary" is node's name for a byte string: the fastest way to get a digest out of it. */
type Output = SignatureEncoding | "binary";

export function createMac(algorithm: DigestAlgorithm, key: Uint8Array): Mac {
  const result = new Uint8Array(DIGEST_BYTES[algorithm]);
  const compute =
    oneShotHash === undefined
      ? streamingHmac(algorithm, key)
      : oneShotHmac(algorithm, key, oneShotHash);
  return {
    digest: (frame, body) => {
      writeByteString(compute(frame, body, "binary"), result, 0);
      return result;
    },
    text: compute,
  };
}

/**
 * The plain hash of key and text, as some senders did before they knew HMAC. Weaker: whoever has one
 * signed text can sign longer ones that begin with it.
 */
export function createPrefixMac(algorithm: DigestAlgorithm, key: Uint8Array): Mac {
  const compute: ComputeHmac = ({ before, after }, body, output) =>
    crypto
      .createHash(algorithm)
      .update(key)
      .update(before, "latin1")
      .update(body)
      .update(after, "latin1")
      .digest(output);
  return {
    digest: (frame, body) => Buffer.from(compute(frame, body, "binary"), "latin1"),
    text: compute,
  };
}

type ComputeHmac = (frame: Frame, body: Uint8Array, output: Output) => string;

/** The reference: node's own HMAC, fed piece by piece. */
function streamingHmac(algorithm: DigestAlgorithm, key: Uint8Array): ComputeHmac {
  const keyObject = crypto.createSecretKey(key);
  return ({ before, after }, body, output) =>
    crypto
      .createHmac(algorithm, keyObject)
      .update(before, "latin1")
      .update(body)
      .update(after, "latin1")
      .digest(output);
}

function oneShotHmac(
  algorithm: DigestAlgorithm,
  key: Uint8Array,
  hash: typeof crypto.hash,
): ComputeHmac {
  const blockBytes = BLOCK_BYTES[algorithm];
  const innerPad = paddedKey(algorithm, key, 0x36);
  const outer = new Uint8Array(blockBytes + DIGEST_BYTES[algorithm]);
  outer.set(paddedKey(algorithm, key, 0x5c));
  const streaming = streamingHmac(algorithm, key);

  return (frame, body, output) => {
    const { before, after } = frame;
    const length = blockBytes + before.length + body.length + after.length;
    if (length > ONE_SHOT_LIMIT_BYTES) return streaming(frame, body, output);

    scratch.set(innerPad);
    const bodyStart = writeByteString(before, scratch, blockBytes);
    scratch.set(body, bodyStart);
    writeByteString(after, scratch, bodyStart + body.length);
    const inner = hash(algorithm, scratch.subarray(0, length), "binary");
    writeByteString(inner, outer, blockBytes);
    return hash(algorithm, outer, output);
  };
}

/** RFC 2104: a key longer than a block is hashed first, then filled up with zeros. */
function paddedKey(algorithm: DigestAlgorithm, key: Uint8Array, pad: number): Uint8Array {
  const blockBytes = BLOCK_BYTES[algorithm];
  const short = key.length > blockBytes ? crypto.createHash(algorithm).update(key).digest() : key;
  const padded = new Uint8Array(blockBytes).fill(pad);
  for (const [index, byte] of short.entries()) padded[index] = byte ^ pad;
  return padded;
}
