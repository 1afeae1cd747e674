/**
 * Takes the signatures (and a timestamp beside them) out of a signature header.
 *
 * Only whole, well-formed signatures of the right length come out: a prefix such as `v1,` is none.
 * Comparing what is there instead of what must be there once let an empty signature pass in another
 * library (CVE-2024-21491).
 *
 * Cost: one pass, no regular expression; time and memory are linear in the header, whose size the
 * HTTP server limits.
 */
import { decodeBase64, decodeBase64Url } from "../encoding/base64.ts";
import { decodeHex } from "../encoding/hex.ts";
import { malformedSignature, unsupportedScheme } from "./failure.ts";
import type { SignatureEncoding, SignatureRule } from "./recipe.ts";
import type { VerifyFailed } from "./result.ts";

export type SignatureReader = {
  readonly rule: SignatureRule;
  readonly encoding: SignatureEncoding;
  /** Absent for signatures of any length, as those of ECDSA are. */
  readonly digestBytes?: number;
  /** The list's field that holds the timestamp; absent if a header of its own does. */
  readonly timestampField?: string;
};

export type ReadSignatures = {
  readonly status: "read";
  readonly signatures: readonly Uint8Array[];
  /** Text of the timestamp field. */
  readonly timestamp?: string;
};

type ListRule = Extract<SignatureRule, { format: "list" }>;
type ValuesRule = Extract<SignatureRule, { format: "values" }>;
type PlainRule = Extract<SignatureRule, { format: "plain" }>;

/** More than any sender lists (DocuSign: one for each of up to 100 keys); each costs a comparison. */
export const MAX_SIGNATURES = 100;

const DECODERS: Readonly<Record<SignatureEncoding, (text: string) => Uint8Array | undefined>> = {
  hex: decodeHex,
  base64: decodeBase64,
  base64url: decodeBase64Url,
};

export function readSignatures(
  reader: SignatureReader,
  rule: PlainRule | ListRule | ValuesRule,
  value: string,
): ReadSignatures | VerifyFailed {
  switch (rule.format) {
    case "plain":
      return readPlain(reader, rule, value);
    case "list":
      return readList(reader, rule, value);
    case "values":
      return readValues(reader, rule, value);
  }
}

function readPlain(
  reader: SignatureReader,
  { header, prefix = "" }: PlainRule,
  value: string,
): ReadSignatures | VerifyFailed {
  if (!value.startsWith(prefix)) {
    return looksTagged(value, prefix)
      ? unsupportedScheme({ header }, prefix)
      : malformed(reader, header);
  }
  const signature = decodeSignature(reader, value.slice(prefix.length));
  return signature === undefined
    ? malformed(reader, header)
    : { status: "read", signatures: [signature] };
}

function readValues(
  reader: SignatureReader,
  { header, separator, first }: ValuesRule,
  value: string,
): ReadSignatures | VerifyFailed {
  const items = value.split(separator).map((item) => trimSpaces(item, 0, item.length));
  const timestamp = first === "timestamp" ? items.shift() : undefined;
  if (items.length > MAX_SIGNATURES) return malformed(reader, header);
  const signatures = items.flatMap((item) => decodeSignature(reader, item) ?? []);
  if (signatures.length === 0) return malformed(reader, header);
  return timestamp === undefined
    ? { status: "read", signatures }
    : { status: "read", signatures, timestamp };
}

function readList(
  reader: SignatureReader,
  rule: ListRule,
  value: string,
): ReadSignatures | VerifyFailed {
  const list: List = {
    reader,
    rule,
    signatures: [],
    timestamps: [],
    hasKey: false,
    hasOtherKey: false,
  };
  const groups =
    rule.groupSeparator === undefined ? [value] : value.split(rule.groupSeparator, MAX_SIGNATURES);
  for (const group of groups) takeItems(list, group);

  const { signatures, timestamps } = list;
  const [timestamp] = timestamps;
  if (!list.hasKey && list.hasOtherKey) {
    return unsupportedScheme({ header: rule.header }, rule.key);
  }
  if (!isComplete(list)) return malformed(reader, rule.header);
  return timestamp === undefined
    ? { status: "read", signatures }
    : { status: "read", signatures, timestamp };
}

function takeItems(list: List, value: string): void {
  const { separator } = list.rule;
  let start = 0;
  while (start <= value.length) {
    const separatorAt = value.indexOf(separator, start);
    const end = separatorAt === -1 ? value.length : separatorAt;
    takeItem(list, trimSpaces(value, start, end));
    start = end + separator.length;
  }
}

/** What a list held so far. */
type List = {
  readonly reader: SignatureReader;
  readonly rule: ListRule;
  readonly signatures: Uint8Array[];
  readonly timestamps: string[];
  /** A signature of the wanted kind, well-formed or not. */
  hasKey: boolean;
  hasOtherKey: boolean;
};

function takeItem(list: List, item: string): void {
  const { reader, rule } = list;
  const assignAt = item.indexOf(rule.assign);
  if (assignAt <= 0) return;
  const key = item.slice(0, assignAt);
  const text = item.slice(assignAt + rule.assign.length);
  if (key === rule.key) {
    list.hasKey = true;
    const signature = decodeSignature(reader, text);
    if (signature !== undefined) list.signatures.push(signature);
  } else if (key === reader.timestampField) {
    list.timestamps.push(text);
  } else {
    list.hasOtherKey = true;
  }
}

/**
 * Two timestamps are as bad as none: the one checked could be another than the one signed. Only in
 * groups may the same one be repeated.
 */
function isComplete({ reader, rule, signatures, timestamps }: List): boolean {
  if (signatures.length === 0 || signatures.length > MAX_SIGNATURES) return false;
  if (reader.timestampField === undefined) return timestamps.length === 0;
  if (rule.groupSeparator === undefined) return timestamps.length === 1;
  return timestamps.length > 0 && timestamps.every((one) => one === timestamps[0]);
}

/** `undefined` if the text is not a whole signature of the right length. */
export function decodeSignature(reader: SignatureReader, text: string): Uint8Array | undefined {
  const bytes = DECODERS[reader.encoding](text);
  const { digestBytes } = reader;
  if (bytes === undefined || bytes.length === 0) return undefined;
  return digestBytes === undefined || bytes.length === digestBytes ? bytes : undefined;
}

/** Optional white space around list items (RFC 9110 section 5.6.1). */
function trimSpaces(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Whether a value has a short tag, ended as the expected prefix is: "sha1=…" for "sha256=". */
function looksTagged(value: string, prefix: string): boolean {
  const tagEnd = value.indexOf(prefix.slice(-1));
  return tagEnd > 0 && tagEnd < 16 && value.length > tagEnd + 1;
}

function malformed(reader: SignatureReader, header: string): VerifyFailed {
  return malformedSignature({ header }, expectedForm(reader));
}

/** What the header should hold, in words. */
export function expectedForm(reader: SignatureReader): string {
  const { rule, encoding, digestBytes } = reader;
  const digest =
    digestBytes === undefined
      ? `a whole ${encoding} signature`
      : `a whole ${encoding} signature of ${digestBytes} bytes`;
  switch (rule.format) {
    case "plain":
      return rule.prefix === undefined ? digest : `"${rule.prefix}" and ${digest}`;
    case "list": {
      const signature = `"${rule.key}${rule.assign}" and ${digest}`;
      if (reader.timestampField === undefined) return signature;
      return `one timestamp "${reader.timestampField}${rule.assign}…" and ${signature}`;
    }
    case "values":
      return rule.first === "timestamp" ? `a timestamp, and after it ${digest}` : digest;
    case "headers":
    case "numbered":
    case "value":
      return digest;
  }
}
