/**
 * Finds the signatures of a request, wherever its sender puts them, and takes them out.
 *
 * One header is the usual case and the fast one; several headers, numbered ones, the body and the
 * query are for the senders that do it differently.
 */
import { readValue, type ValueLocation, type ValueSource } from "../events/value.ts";
import { malformedSignature, missingHeader, missingValue } from "./failure.ts";
import { nameOfPlace } from "./place.ts";
import { readHeader } from "./read-header.ts";
import type { SignatureRule } from "./recipe.ts";
import type { VerifyFailed } from "./result.ts";
import {
  decodeSignature,
  expectedForm,
  MAX_SIGNATURES,
  type ReadSignatures,
  readSignatures,
  type SignatureReader,
} from "./signature-header.ts";

export function readProof(
  reader: SignatureReader,
  source: ValueSource,
): ReadSignatures | VerifyFailed {
  const { rule } = reader;
  switch (rule.format) {
    case "plain":
    case "list":
    case "values": {
      const header = readHeader(source.headers, rule.header);
      return typeof header === "string" ? readSignatures(reader, rule, header) : header;
    }
    case "headers":
      return readHeaders(reader, rule.headers, source);
    case "numbered":
      return readHeaders(reader, presentNumbers(rule.header, source), source);
    case "value": {
      const text = readValue(rule.at, source);
      if (text === undefined) return missingValue(nameOfPlace(rule.at));
      const signature = decodeSignature(reader, text);
      if (signature !== undefined) return { status: "read", signatures: [signature] };
      return malformedSignature(rule.at, expectedForm(reader));
    }
  }
}

/** Where a proof is, for messages; the first place if there are several. */
export function placeOfProof(rule: SignatureRule): ValueLocation {
  switch (rule.format) {
    case "plain":
    case "list":
    case "values":
      return { header: rule.header };
    case "numbered":
      return { header: `${rule.header}1` };
    case "headers":
      return { header: rule.headers[0] ?? "" };
    case "value":
      return rule.at;
  }
}

/** Those that are there count; one of them being malformed does not spoil another one. */
function readHeaders(
  reader: SignatureReader,
  names: readonly string[],
  source: ValueSource,
): ReadSignatures | VerifyFailed {
  const signatures: Uint8Array[] = [];
  let isPresent = false;
  for (const name of names) {
    const header = readHeader(source.headers, name);
    if (typeof header !== "string") {
      if (header.reason === "missing_header") continue;
      return header;
    }
    isPresent = true;
    const signature = decodeSignature(reader, header);
    if (signature !== undefined) signatures.push(signature);
  }
  if (signatures.length > 0) return { status: "read", signatures };
  const [first = ""] = names;
  return isPresent
    ? malformedSignature({ header: first }, expectedForm(reader))
    : missingHeader(first);
}

function presentNumbers(header: string, { headers }: ValueSource): readonly string[] {
  const names = [`${header}1`];
  while (names.length < MAX_SIGNATURES) {
    const next = `${header}${names.length + 1}`;
    if (headers.all(next).length === 0) break;
    names.push(next);
  }
  return names;
}
