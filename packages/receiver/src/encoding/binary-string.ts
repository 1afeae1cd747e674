/**
 * Byte strings: text in which every character is one byte (0 to 255).
 *
 * HTTP header values arrive like that (node decodes them as latin1), and what is signed is bytes.
 * The small parts around the body (timestamp, id, literals) are therefore joined as one byte string
 * and hashed in one step, without a buffer for each.
 */

const encoder = new TextEncoder();

/** Whether every character stands for one byte, as in everything that came over the wire. */
export function isByteString(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 0xff) return false;
  }
  return true;
}

/** The UTF-8 bytes of a text as a byte string. ASCII, the usual case, is returned as it is. */
export function utf8AsByteString(text: string): string {
  if (isAscii(text)) return text;
  let result = "";
  for (const byte of encoder.encode(text)) result += String.fromCharCode(byte);
  return result;
}

/** Writes a byte string at an offset and returns the offset after it. */
export function writeByteString(text: string, target: Uint8Array, offset: number): number {
  for (let index = 0; index < text.length; index += 1) {
    target[offset + index] = text.charCodeAt(index);
  }
  return offset + text.length;
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 0x7f) return false;
  }
  return true;
}

/** The bytes of a byte string. */
export function bytesOfByteString(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  writeByteString(text, bytes, 0);
  return bytes;
}
