/**
 * ECDSA over P-256 with the deterministic nonces of RFC 6979, in a few lines of arithmetic.
 *
 * Only so that generated vectors are the same on every run: node's own signatures differ each time.
 * Slow, and not for anything secret. What it makes, node verifies.
 */
import { createHash, createHmac } from "node:crypto";

const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const G: Point = [
  0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
];

type Point = readonly [x: bigint, y: bigint];

const mod = (value: bigint, by: bigint): bigint => ((value % by) + by) % by;

function power(base: bigint, exponent: bigint, by: bigint): bigint {
  let result = 1n;
  for (let b = mod(base, by), e = exponent; e > 0n; e >>= 1n, b = (b * b) % by) {
    if (e & 1n) result = (result * b) % by;
  }
  return result;
}

/** Both moduli are prime. */
const inverse = (value: bigint, by: bigint): bigint => power(value, by - 2n, by);

function add(left: Point | undefined, right: Point): Point {
  if (left === undefined) return right;
  const [x1, y1] = left;
  const [x2, y2] = right;
  const slope =
    x1 === x2 && y1 === y2
      ? (3n * x1 * x1 - 3n) * inverse(2n * y1, P)
      : (y2 - y1) * inverse(mod(x2 - x1, P), P);
  const x = mod(slope * slope - x1 - x2, P);
  return [x, mod(slope * (x1 - x) - y1, P)];
}

function multiply(point: Point, by: bigint): Point {
  let result: Point | undefined;
  for (let p = point, k = by; k > 0n; k >>= 1n, p = add(p, p)) if (k & 1n) result = add(result, p);
  if (result === undefined) throw new Error("zero times a point");
  return result;
}

const bytes = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, "0"), "hex");
const number = (data: Buffer): bigint => BigInt(`0x${data.toString("hex")}`);

export function publicPoint(d: bigint): { x: string; y: string } {
  const [x, y] = multiply(G, d);
  return { x: bytes(x).toString("base64url"), y: bytes(y).toString("base64url") };
}

/** RFC 6979 section 3.2 with SHA-256 as its hash, whichever the message was hashed with. */
function nonce(d: bigint, digest: Buffer): bigint {
  const seed = Buffer.concat([bytes(d), bytes(mod(number(digest), N))]);
  let key = Buffer.alloc(32, 0);
  let value = Buffer.alloc(32, 1);
  const hmac = (...parts: Buffer[]): Buffer<ArrayBuffer> =>
    Buffer.from(createHmac("sha256", key).update(Buffer.concat(parts)).digest());
  for (const mark of [0, 1]) {
    key = hmac(value, Buffer.of(mark), seed);
    value = hmac(value);
  }
  value = hmac(value);
  return number(value);
}

function sign(d: bigint, digest: Buffer): Point {
  const k = nonce(d, digest);
  const r = mod(multiply(G, k)[0], N);
  return [r, mod(inverse(k, N) * (number(digest) + r * d), N)];
}

function derInteger(value: bigint): Buffer {
  const hex = value.toString(16);
  const even = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  const content = (even[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.of(0), even]) : even;
  return Buffer.concat([Buffer.of(2, content.length), content]);
}

/** In DER, as certificates and SendGrid have it. */
export function signDer(d: bigint, hash: "sha1" | "sha256", message: Buffer): Buffer {
  const [r, s] = sign(d, createHash(hash).update(message).digest());
  const content = Buffer.concat([derInteger(r), derInteger(s)]);
  return Buffer.concat([Buffer.of(0x30, content.length), content]);
}

/** Two numbers of 32 bytes, as tokens have it. */
export function signFixed(d: bigint, message: Buffer): Buffer {
  const [r, s] = sign(d, createHash("sha256").update(message).digest());
  return Buffer.concat([bytes(r), bytes(s)]);
}
