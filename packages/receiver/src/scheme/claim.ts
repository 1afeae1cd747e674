/**
 * What a request claims: its signatures, its time, and the bytes around the body that were signed.
 *
 * This half of a verification only reads headers. It knows no secret and no cryptography, so a
 * verifier over another engine (Web Crypto, which is asynchronous) can share it as it is.
 */
import { isByteString, utf8AsByteString } from "../encoding/binary-string.ts";
import { malformedHeader, malformedTimestamp } from "./failure.ts";
import { readHeader } from "./read-header.ts";
import type { HmacRecipe, TimestampUnit } from "./recipe.ts";
import type { VerifyFailed, VerifyInput } from "./result.ts";
import { readSignatures, type SignatureReader } from "./signature-header.ts";
import type { SignedPart, SignedTemplate } from "./template.ts";
import { parseTimestamp, TIMESTAMP_FORMS } from "./timestamp.ts";

export type Claim = {
  readonly status: "claimed";
  /** At least one, each as long as a digest. */
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
};

type TimestampPlan = {
  readonly unit: TimestampUnit;
  /** Where the timestamp is; the signature's own header if it is a field of that. */
  readonly header: string;
  readonly isField: boolean;
};

export function planClaim(
  recipe: HmacRecipe,
  template: SignedTemplate,
  digestBytes: number,
): ClaimPlan {
  const { encoding, signature, timestamp } = recipe;
  const base = { rule: signature, encoding, digestBytes };
  const field = timestamp !== undefined && "field" in timestamp.from ? timestamp.from.field : "";
  return {
    reader: field === "" ? base : { ...base, timestampField: field },
    template,
    timestamp: timestamp && {
      unit: timestamp.unit,
      header: "header" in timestamp.from ? timestamp.from.header : signature.header,
      isField: field !== "",
    },
    idHeader: recipe.id?.header,
  };
}

export function readClaim(plan: ClaimPlan, input: VerifyInput): Claim | VerifyFailed {
  const header = readHeader(input.headers, plan.reader.rule.header);
  if (typeof header !== "string") return header;
  const read = readSignatures(plan.reader, header);
  if (read.status === "failed") return read;

  const timestamp = readTimestampText(plan, read.timestamp, input);
  if (typeof timestamp !== "string") return timestamp;
  const timestampMs = plan.timestamp && parseTimestamp(timestamp, plan.timestamp.unit);
  if (plan.timestamp !== undefined && timestampMs === undefined) {
    return malformedTimestamp(plan.timestamp.header, TIMESTAMP_FORMS[plan.timestamp.unit]);
  }

  const before = joinParts(plan, plan.template.before, { timestamp, input });
  if (typeof before !== "string") return before;
  const after = joinParts(plan, plan.template.after, { timestamp, input });
  if (typeof after !== "string") return after;
  return { status: "claimed", signatures: read.signatures, before, after, timestampMs };
}

/** The timestamp as sent; "" if the recipe has none. */
function readTimestampText(
  plan: ClaimPlan,
  field: string | undefined,
  input: VerifyInput,
): string | VerifyFailed {
  if (plan.timestamp === undefined) return "";
  return plan.timestamp.isField ? (field ?? "") : readHeader(input.headers, plan.timestamp.header);
}

type Values = { readonly timestamp: string; readonly input: VerifyInput };

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
  }
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
