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
  readonly digestBytes: number;
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

/** More than any sender lists (DocuSign: one for each of up to 100 keys); each costs a comparison. */
const MAX_SIGNATURES = 100;

const DECODERS: Readonly<Record<SignatureEncoding, (text: string) => Uint8Array | undefined>> = {
  hex: decodeHex,
  base64: decodeBase64,
  base64url: decodeBase64Url,
};

export function readSignatures(
  reader: SignatureReader,
  value: string,
): ReadSignatures | VerifyFailed {
  return reader.rule.format === "plain"
    ? readPlain(reader, reader.rule.prefix ?? "", value)
    : readList(reader, reader.rule, value);
}

function readPlain(
  reader: SignatureReader,
  prefix: string,
  value: string,
): ReadSignatures | VerifyFailed {
  if (!value.startsWith(prefix)) {
    return looksTagged(value, prefix)
      ? unsupportedScheme(reader.rule.header, prefix)
      : malformed(reader);
  }
  const signature = decodeSignature(reader, value.slice(prefix.length));
  return signature === undefined ? malformed(reader) : { status: "read", signatures: [signature] };
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
  let start = 0;
  while (start <= value.length) {
    const separatorAt = value.indexOf(rule.separator, start);
    const end = separatorAt === -1 ? value.length : separatorAt;
    takeItem(list, trimSpaces(value, start, end));
    start = end + rule.separator.length;
  }

  const { signatures, timestamps } = list;
  const [timestamp] = timestamps;
  if (!list.hasKey && list.hasOtherKey) return unsupportedScheme(rule.header, rule.key);
  if (!isComplete(list)) return malformed(reader);
  return timestamp === undefined
    ? { status: "read", signatures }
    : { status: "read", signatures, timestamp };
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

/** Two timestamps are as bad as none: the one checked could be another than the one signed. */
function isComplete({ reader, signatures, timestamps }: List): boolean {
  const wantedTimestamps = reader.timestampField === undefined ? 0 : 1;
  return (
    signatures.length > 0 &&
    signatures.length <= MAX_SIGNATURES &&
    timestamps.length === wantedTimestamps
  );
}

function decodeSignature(reader: SignatureReader, text: string): Uint8Array | undefined {
  const bytes = DECODERS[reader.encoding](text);
  return bytes?.length === reader.digestBytes ? bytes : undefined;
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

function malformed(reader: SignatureReader): VerifyFailed {
  return malformedSignature(reader.rule.header, expectedForm(reader));
}

/** What the header should hold, in words. */
export function expectedForm(reader: SignatureReader): string {
  const { rule, encoding, digestBytes } = reader;
  const digest = `a whole ${encoding} signature of ${digestBytes} bytes`;
  if (rule.format === "plain") {
    return rule.prefix === undefined ? digest : `"${rule.prefix}" and ${digest}`;
  }
  const signature = `"${rule.key}${rule.assign}" and ${digest}`;
  if (reader.timestampField === undefined) return signature;
  return `one timestamp "${reader.timestampField}${rule.assign}…" and ${signature}`;
}
