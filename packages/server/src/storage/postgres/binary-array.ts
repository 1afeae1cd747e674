/**
 * Arrays as PostgreSQL's binary format, because the driver writes an array of Buffers as hexadecimal
 * text: twice the bytes, parsed once more by the server. A Buffer parameter goes over as it is.
 *
 *   dimensions i32 | has nulls i32 | element type oid | length i32 | lower bound i32
 *   | per element: bytes i32, bytes …                                  (array_recv, arrayfuncs.c)
 */

const HEAD_BYTES = 20;

export type ArrayElement = "bytea" | "uuid" | "int8" | "float8";

/** Object ids that are fixed in every PostgreSQL (pg_type.dat). */
const OIDS: Readonly<Record<ArrayElement, number>> = {
  bytea: 17,
  int8: 20,
  float8: 701,
  uuid: 2950,
};

export function encodeBytesArray(type: "bytea" | "uuid", elements: readonly Uint8Array[]): Buffer {
  const bytes = elements.reduce((sum, element) => sum + 4 + element.length, 0);
  const { buffer, start } = createArray(type, elements.length, bytes);
  let at = start;
  for (const element of elements) {
    buffer.writeInt32BE(element.length, at);
    buffer.set(element, at + 4);
    at += 4 + element.length;
  }
  return buffer;
}

export function encodeNumbersArray(type: "int8" | "float8", elements: readonly number[]): Buffer {
  const { buffer, start } = createArray(type, elements.length, elements.length * 12);
  let at = start;
  for (const element of elements) {
    buffer.writeInt32BE(8, at);
    if (type === "int8") buffer.writeBigInt64BE(BigInt(element), at + 4);
    else buffer.writeDoubleBE(element, at + 4);
    at += 12;
  }
  return buffer;
}

function createArray(
  type: ArrayElement,
  count: number,
  bytes: number,
): { readonly buffer: Buffer; readonly start: number } {
  const buffer = Buffer.allocUnsafe(HEAD_BYTES + bytes);
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(0, 4);
  buffer.writeInt32BE(OIDS[type], 8);
  buffer.writeInt32BE(count, 12);
  buffer.writeInt32BE(1, 16);
  return { buffer, start: HEAD_BYTES };
}
