/**
 * Base64 and base64url text to bytes and back, strictly (RFC 4648 sections 4 and 5).
 *
 * `Buffer.from(text, "base64")` skips what it does not know and takes both alphabets, so a typing
 * error in a secret would give another key without a word. Here one wrong character, wrong padding
 * or a set bit after the end makes the whole text undecodable. Padding may be left out, as many
 * senders do.
 *
 * Plain JavaScript, so that it also runs where there is no `Buffer`.
 */

const COMMON = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const STANDARD = valuesOf(`${COMMON}+/`);
const URL_SAFE = valuesOf(`${COMMON}-_`);

export function decodeBase64(text: string): Uint8Array | undefined {
  return decode(text, STANDARD);
}

export function decodeBase64Url(text: string): Uint8Array | undefined {
  return decode(text, URL_SAFE);
}

/** Padded, in the standard alphabet. */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function decode(text: string, values: Int8Array): Uint8Array | undefined {
  const length = lengthWithoutPadding(text);
  if (length === undefined) return undefined;

  const bytes = new Uint8Array((length * 3) >> 2);
  let pending = 0;
  let pendingBits = 0;
  let written = 0;
  for (let index = 0; index < length; index += 1) {
    const value = values[text.charCodeAt(index)] ?? -1;
    if (value < 0) return undefined;
    pending = ((pending << 6) | value) & 0xffff;
    pendingBits += 6;
    if (pendingBits < 8) continue;
    pendingBits -= 8;
    bytes[written] = pending >> pendingBits;
    written += 1;
  }
  const leftOver = pending & ((1 << pendingBits) - 1);
  return leftOver === 0 ? bytes : undefined;
}

/** Characters before the padding; `undefined` if the padding or the length is impossible. */
function lengthWithoutPadding(text: string): number | undefined {
  let length = text.length;
  while (length > 0 && text.charCodeAt(length - 1) === 0x3d) length -= 1;
  const padding = text.length - length;
  const expected = (4 - (length % 4)) % 4;
  if (expected === 3) return undefined;
  return padding === 0 || padding === expected ? length : undefined;
}

function valuesOf(alphabet: string): Int8Array {
  const values = new Int8Array(128).fill(-1);
  for (let value = 0; value < alphabet.length; value += 1) {
    values[alphabet.charCodeAt(value)] = value;
  }
  return values;
}
