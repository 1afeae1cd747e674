/**
 * What a request claims: its signatures, its time, and the bytes around the body that were signed.
 *
 * This half of a verification only reads headers. It knows no secret and no cryptography, so a
 * verifier over another engine (Web Crypto, which is asynchronous) can share it as it is.
 */
import { isByteString, utf8AsByteString } from "../encoding/binary-string.ts";
import { lazyContent } from "../events/content.ts";
import { queryValue, readValue, type ValueLocation, type ValueSource } from "../events/value.ts";
import { malformedBody, malformedHeader, malformedTimestamp, missingValue } from "./failure.ts";
import { nameOfPlace } from "./place.ts";
import { readHeader } from "./read-header.ts";
import { readProof } from "./read-proof.ts";
import type { SignedRecipe, TimestampUnit } from "./recipe.ts";
import type { VerifyFailed, VerifyInput } from "./result.ts";
import type { SignatureReader } from "./signature-header.ts";
import { listedHeaders, signedPath, sortedForm } from "./signed-values.ts";
import type { SignedPart, SignedTemplate } from "./template.ts";
import { parseTimestamp, TIMESTAMP_FORMS } from "./timestamp.ts";

export type Claim = {
  readonly status: "claimed";
  /** At least one, each as long as a digest; of any length where the reader knows none. */
  readonly signatures: readonly Uint8Array[];
  /** Byte strings: what was signed before and after the body. */
  readonly before: string;
  readonly after: string;
  readonly timestampMs: number | undefined;
};

/** A recipe, prepared for reading claims. */
export type ClaimPlan = {
  readonly reader: SignatureReader;
  readonly template: SignedTemplate;
  readonly timestamp: TimestampPlan | undefined;
  readonly idHeader: string | undefined;
  /** The byte that every body begins with, where the sender has such a rule. */
  readonly firstByte: number | undefined;
};

type TimestampPlan = {
  readonly unit: TimestampUnit;
  readonly from: "header" | "proof" | "body";
  /** Header of the timestamp; the proof's own if it is in that, "" if it is in the body. */
  readonly header: string;
  readonly path: readonly string[];
};

export function planClaim(
  recipe: SignedRecipe,
  template: SignedTemplate,
  digestBytes: number | undefined,
): ClaimPlan {
  const { encoding, signature, timestamp } = recipe;
  const base = { rule: signature, encoding, ...(digestBytes !== undefined && { digestBytes }) };
  const field = timestamp !== undefined && "field" in timestamp.from ? timestamp.from.field : "";
  return {
    reader: field === "" ? base : { ...base, timestampField: field },
    template,
    timestamp: timestamp && planTimestamp(timestamp, recipe),
    idHeader: recipe.id?.header,
    firstByte: recipe.bodyBegins?.charCodeAt(0),
  };
}

function planTimestamp(
  { unit, from }: NonNullable<SignedRecipe["timestamp"]>,
  { signature }: SignedRecipe,
): TimestampPlan {
  if ("body" in from) return { unit, from: "body", header: "", path: from.body };
  if ("header" in from) return { unit, from: "header", header: from.header, path: [] };
  const header = "header" in signature ? signature.header : "";
  return { unit, from: "proof", header, path: [] };
}

export function readClaim(plan: ClaimPlan, input: VerifyInput): Claim | VerifyFailed {
  const source = sourceOf(input);
  const read = readProof(plan.reader, source);
  if (read.status === "failed") return read;
  if (plan.firstByte !== undefined && input.body[0] !== plan.firstByte) {
    return malformedBody(`does not begin with "${String.fromCharCode(plan.firstByte)}"`);
  }

  const timestamp = readTimestampText(plan, read.timestamp, source);
  if (typeof timestamp !== "string") return timestamp;
  const timestampMs = plan.timestamp && parseTimestamp(timestamp, plan.timestamp.unit);
  if (plan.timestamp !== undefined && timestampMs === undefined) {
    return malformedTimestamp(timestampPlace(plan.timestamp), TIMESTAMP_FORMS[plan.timestamp.unit]);
  }

  const before = joinParts(plan, plan.template.before, { timestamp, input, source });
  if (typeof before !== "string") return before;
  const after = joinParts(plan, plan.template.after, { timestamp, input, source });
  if (typeof after !== "string") return after;
  return { status: "claimed", signatures: read.signatures, before, after, timestampMs };
}

/** Where the timestamp is, for messages. */
export function timestampPlace({ header, path }: TimestampPlan): ValueLocation {
  return header === "" ? { body: path } : { header };
}

/** The body is parsed only for recipes that look into it. */
export function sourceOf(input: VerifyInput): ValueSource {
  return {
    headers: input.headers,
    url: input.url,
    content: lazyContent(input.body, () => input.headers.get("content-type")),
  };
}

/** The timestamp as sent; "" if the recipe has none. */
function readTimestampText(
  { timestamp }: ClaimPlan,
  inProof: string | undefined,
  source: ValueSource,
): string | VerifyFailed {
  if (timestamp === undefined) return "";
  switch (timestamp.from) {
    case "header":
      return readHeader(source.headers, timestamp.header);
    case "proof":
      return inProof ?? "";
    case "body": {
      const location = { body: timestamp.path };
      return readValue(location, source) ?? missingValue(nameOfPlace(location));
    }
  }
}

type Values = {
  readonly timestamp: string;
  readonly input: VerifyInput;
  readonly source: ValueSource;
};

function joinParts(
  plan: ClaimPlan,
  parts: readonly SignedPart[],
  values: Values,
): string | VerifyFailed {
  let joined = "";
  for (const part of parts) {
    const text = partText(plan, part, values);
    if (typeof text !== "string") return text;
    joined += text;
  }
  return joined;
}

function partText(plan: ClaimPlan, part: SignedPart, values: Values): string | VerifyFailed {
  switch (part.kind) {
    case "literal":
      return part.text;
    case "timestamp":
      return values.timestamp;
    case "id":
      return readId(plan.idHeader ?? "", part.forbidden, values.input);
    case "header":
      return readBytes(part.name, values.input);
    case "method":
      return utf8AsByteString(values.input.method);
    case "url":
      return utf8AsByteString(values.input.url);
    default:
      return unusualText(plan, part, values);
  }
}

export type UnusualPart = Exclude<
  SignedPart,
  { kind: "literal" | "timestamp" | "id" | "header" | "method" | "url" }
>;

/** Also for signing: those parts are written in one way only. */
export function unusualText(
  plan: ClaimPlan,
  part: UnusualPart,
  { input, source }: Omit<Values, "timestamp">,
): string | VerifyFailed {
  switch (part.kind) {
    case "path":
      return signedPath(input.url) ?? missingValue("the path of the URL");
    case "form":
      return sortedForm(input.body) ?? malformedBody("is no form in UTF-8");
    case "query":
      return queryText(part, input);
    case "json": {
      const location = { body: part.path };
      const value = readValue(location, source);
      return value === undefined ? missingValue(nameOfPlace(location)) : utf8AsByteString(value);
    }
    case "listed-headers":
      return listText(plan, part.name, input);
  }
}

/** Where the time is one of the listed headers, a list without it would leave the time unsigned. */
function listText(plan: ClaimPlan, header: string, input: VerifyInput): string | VerifyFailed {
  const list = readHeader(input.headers, header);
  if (typeof list !== "string") return list;
  const wanted = plan.timestamp?.header ?? "";
  if (wanted !== "" && !list.toLowerCase().split(/[ ,]+/).includes(wanted)) {
    return malformedHeader(header, `does not list ${wanted}`);
  }
  return (
    listedHeaders(input.headers, list) ??
    malformedHeader(header, "lists headers that are not there, or not just once")
  );
}

function queryText(
  { name, letters }: Extract<SignedPart, { kind: "query" }>,
  { url }: VerifyInput,
): string | VerifyFailed {
  const value = queryValue(url, name);
  if (value === undefined) return missingValue(nameOfPlace({ query: name }));
  return utf8AsByteString(letters === "lower" ? value.toLowerCase() : value);
}

function readId(header: string, forbidden: string, input: VerifyInput): string | VerifyFailed {
  const id = readBytes(header, input);
  if (typeof id !== "string") return id;
  if (id === "") return malformedHeader(header, "is empty");
  if (forbidden !== "" && id.includes(forbidden)) {
    return malformedHeader(header, `contains "${forbidden}", which separates it from what follows`);
  }
  return id;
}

function readBytes(header: string, input: VerifyInput): string | VerifyFailed {
  const value = readHeader(input.headers, header);
  if (typeof value !== "string") return value;
  return isByteString(value)
    ? value
    : malformedHeader(header, "holds characters that no header can carry");
}
