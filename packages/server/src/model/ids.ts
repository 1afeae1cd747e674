/**
 * Identifiers: a prefix that names the kind, and 26 Crockford base32 digits that sort by time.
 *
 * The first ten digits are the time in milliseconds (as in a ULID); the other sixteen hold 80 bits.
 * For what is stored by the million the 80 bits are the *address* of the record, so that finding it
 * by id needs no index, and a request and its event share their digits:
 *
 *   req_ evt_   sequence (40) | store tag (40)
 *   dlv_ att_   sequence (40) | destination number (24) | ordinal (8) | attempt number (8)
 *
 * The tag is random per store, so ids of two stores never collide. Everything configured by hand
 * (src_, dst_, rte_ …) has 80 random bits. Ids are names, not secrets.
 *
 * Cost: four of them per delivered event. Digits go in pairs, out of a table, and the last time is
 * remembered, since most requests share their millisecond with others; so is the last tag.
 */
import assert from "node:assert/strict";

export type IdPrefix =
  | "prj"
  | "src"
  | "rte"
  | "dst"
  | "req"
  | "evt"
  | "dlv"
  | "att"
  | "op"
  | "key"
  | "cfg";

export const LIMITS = {
  sequence: 2 ** 40 - 1,
  destinationNo: 2 ** 24 - 1,
  /** Replays of one event to one destination; the first delivery is ordinal 0. */
  ordinal: 2 ** 8 - 1,
  attemptNumber: 2 ** 8 - 1,
  tag: 2 ** 40 - 1,
} as const;

const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const VALUES: ReadonlyMap<string, number> = new Map(
  [...DIGITS].map((digit, value) => [digit, value]),
);
const BODY_LENGTH = 26;

/** Every two digits, by their value. */
const PAIRS: readonly string[] = [...DIGITS].flatMap((high) =>
  [...DIGITS].map((low) => high + low),
);

type Width = 8 | 10;

/** `value` as `width` base32 digits, most significant first. */
function encode(value: number, width: Width): string {
  assert(Number.isInteger(value) && value >= 0 && value < 32 ** width);
  // In two parts of at most 30 bits, because arithmetic on small integers is the fast one.
  const high = Math.floor(value / 2 ** 20);
  const low = value % 2 ** 20;
  const head = width === 10 ? pair(high, 20) + pair(high, 10) : pair(high, 10);
  return head + pair(high, 0) + pair(low, 10) + pair(low, 0);
}

function pair(value: number, shift: 0 | 10 | 20): string {
  return PAIRS[(value >>> shift) & 1023] ?? "";
}

/** Encodes what is mostly the same as the last time. */
function createMemo(width: Width): (value: number) => string {
  let last = 0;
  let text = encode(last, width);
  return (value) => {
    if (value !== last) {
      text = encode(value, width);
      last = value;
    }
    return text;
  };
}

const encodeTime = createMemo(10);
const encodeTag = createMemo(8);

function decode(text: string): number | undefined {
  let value = 0;
  for (const digit of text) {
    const digitValue = VALUES.get(digit);
    if (digitValue === undefined) return undefined;
    value = value * 32 + digitValue;
  }
  return value;
}

/** The address of a stored request, and of the event it became. */
export type RecordAddress = {
  readonly timeMs: number;
  readonly sequence: number;
  readonly tag: number;
};

export function formatRecordId(prefix: "req" | "evt", address: RecordAddress): string {
  assert(address.sequence >= 0 && address.sequence <= LIMITS.sequence);
  return `${prefix}_${encodeTime(address.timeMs)}${encode(address.sequence, 8)}${encodeTag(address.tag)}`;
}

/** The address inside a `req_` or `evt_` id, or `undefined` if the text is not one. */
export function parseRecordId(prefix: "req" | "evt", text: string): RecordAddress | undefined {
  const body = bodyOf(prefix, text);
  if (body === undefined) return undefined;
  const timeMs = decode(body.slice(0, 10));
  const sequence = decode(body.slice(10, 18));
  const tag = decode(body.slice(18));
  if (timeMs === undefined || sequence === undefined || tag === undefined) return undefined;
  return { timeMs, sequence, tag };
}

/** The address of a delivery; with an attempt number above 0, of one of its attempts. */
export type DeliveryAddress = {
  /** When the event was received. */
  readonly timeMs: number;
  readonly sequence: number;
  readonly destinationNo: number;
  readonly ordinal: number;
  readonly attemptNumber: number;
};

export function formatDeliveryId(prefix: "dlv" | "att", address: DeliveryAddress): string {
  assert(address.sequence >= 0 && address.sequence <= LIMITS.sequence);
  assert(address.destinationNo >= 0 && address.destinationNo <= LIMITS.destinationNo);
  assert(address.ordinal >= 0 && address.ordinal <= LIMITS.ordinal);
  assert(address.attemptNumber >= 0 && address.attemptNumber <= LIMITS.attemptNumber);
  const low = (address.destinationNo * 256 + address.ordinal) * 256 + address.attemptNumber;
  return `${prefix}_${encodeTime(address.timeMs)}${encode(address.sequence, 8)}${encode(low, 8)}`;
}

/** The address inside a `dlv_` or `att_` id, or `undefined` if the text is not one. */
export function parseDeliveryId(prefix: "dlv" | "att", text: string): DeliveryAddress | undefined {
  const body = bodyOf(prefix, text);
  if (body === undefined) return undefined;
  const timeMs = decode(body.slice(0, 10));
  const sequence = decode(body.slice(10, 18));
  const low = decode(body.slice(18));
  if (timeMs === undefined || sequence === undefined || low === undefined) return undefined;
  return {
    timeMs,
    sequence,
    destinationNo: Math.floor(low / 65_536),
    ordinal: Math.floor(low / 256) % 256,
    attemptNumber: low % 256,
  };
}

/** An id for something configured; `randomBytes` are at least ten. */
export function formatRandomId(prefix: IdPrefix, timeMs: number, randomBytes: Uint8Array): string {
  assert(randomBytes.length >= 10);
  let text = `${prefix}_${encodeTime(timeMs)}`;
  for (let i = 0; i < 10; i += 5) {
    let value = 0;
    for (let k = 0; k < 5; k++) value = value * 256 + (randomBytes[i + k] ?? 0);
    text += encode(value, 8);
  }
  return text;
}

function bodyOf(prefix: IdPrefix, text: string): string | undefined {
  if (!text.startsWith(`${prefix}_`)) return undefined;
  const body = text.slice(prefix.length + 1);
  // Checked before folding: outside ASCII, upper case can make one letter of another.
  return body.length === BODY_LENGTH && /^[0-9A-Za-z]+$/.test(body)
    ? body.toUpperCase()
    : undefined;
}
