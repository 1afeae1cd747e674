/** What the tests share: a verification in one call, and bits to flip. */
import fc from "fast-check";
import {
  compileVerifier,
  type HeaderRecord,
  headersFromRecord,
  type Recipe,
  type VerifyResult,
} from "../src/index.ts";

export const NOW_S = 1_764_000_000;
export const NOW_MS: number = NOW_S * 1000;

export type Arriving = {
  readonly headers: HeaderRecord;
  readonly body: Uint8Array | string;
  readonly nowMs?: number;
};

export function verify(
  recipe: Recipe,
  secrets: readonly string[],
  { headers, body, nowMs = NOW_MS }: Arriving,
): VerifyResult {
  return compileVerifier(recipe, secrets).verify({
    method: "POST",
    url: "https://hooks.example.com/in/source",
    headers: headersFromRecord(headers),
    body: bytesOf(body),
    nowMs,
  });
}

export function bytesOf(text: Uint8Array | string): Uint8Array {
  return typeof text === "string" ? new TextEncoder().encode(text) : text;
}

/** A body as vendors' packages take it: text, never empty. */
export const textBody: fc.Arbitrary<string> = fc.oneof(
  fc.json(),
  fc.string({ unit: "binary", minLength: 1, maxLength: 400 }).filter(isWellFormed),
);

/** Where to flip a bit: a fraction of the whole, so that it fits bytes of any length. */
export const bitPosition: fc.Arbitrary<number> = fc.double({
  min: 0,
  max: 1,
  maxExcluded: true,
  noNaN: true,
});

export function flipBit(bytes: Uint8Array, position: number): Uint8Array {
  const bit = Math.floor(position * bytes.length * 8);
  const flipped = Uint8Array.from(bytes);
  const index = bit >> 3;
  flipped[index] = (flipped[index] ?? 0) ^ (1 << (bit & 7));
  return flipped;
}

/** Flips a bit in a text of bytes, as a header is. */
export function flipBitInText(text: string, position: number): string {
  return Buffer.from(flipBit(Buffer.from(text, "latin1"), position)).toString("latin1");
}

/** Lone surrogates do not survive becoming bytes, so no vendor can sign them. */
function isWellFormed(text: string): boolean {
  return Buffer.from(text).toString() === text;
}
