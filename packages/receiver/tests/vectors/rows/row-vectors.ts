/** The cases of a sender that is one row: what every provider must accept and refuse. */
import { NOW_S } from "../cases.ts";
import type { Expectation, Header, Vector } from "../vector.ts";
import { type Row, type Sent, URL_OF_SOURCE } from "./row.ts";

const BODY = '{"id":"evt_1","type":"invoice.paid","name":"Zoë"}\n';
const NOW_MS = NOW_S * 1000;

type Draft = {
  readonly signWith?: string;
  readonly secrets?: readonly string[];
  readonly ageS?: number;
  /** Changes the body after signing. */
  readonly change?: (body: Buffer) => Uint8Array;
  readonly headers?: (headers: readonly Header[]) => readonly Header[];
};

export function rowVectors(row: Row): Vector[] {
  const [current, previous, foreign] = row.secrets;
  const make = (name: string, expected: Expectation | string, draft: Draft = {}): Vector =>
    build(row, name, { expected, draft });
  return [
    make("good", passed(row)),
    make("wrong secret", row.wrong ?? "wrong_secret_or_modified_body", { signWith: foreign }),
    ...(previous === current
      ? []
      : [
          make("rotated secret: signed with the previous one", passed(row, { secretIndex: 1 }), {
            signWith: previous,
            secrets: [current, previous],
          }),
        ]),
    ...bodyVectors(row, make),
    ...proofVectors(row, make),
    ...timeVectors(row, make),
  ];
}

type Make = (name: string, expected: Expectation | string, draft?: Draft) => Vector;

function bodyVectors(row: Row, make: Make): Vector[] {
  if (row.status === "authenticated" && row.modified === undefined) return [];
  const reason = row.modified ?? "wrong_secret_or_modified_body";
  return [make("one bit of the body is another", reason, { change: flipLast })];
}

/** In the last letter of the last word, so that what holds the body together stays. */
function flipLast(body: Buffer): Uint8Array {
  const flipped = Buffer.from(body);
  const at = flipped.findLastIndex((byte) => byte >= 0x61 && byte <= 0x79);
  flipped[at] = (flipped[at] ?? 0) ^ 1;
  return flipped;
}

function proofVectors(row: Row, make: Make): Vector[] {
  const { proof } = row;
  if (proof === undefined) return [];
  const malformed = row.malformed ?? "malformed_signature";
  const replaced = (edit: (value: string) => string): Draft => ({
    headers: (all) =>
      all.map(([name, value]): Header => [name, name === proof ? edit(value) : value]),
  });
  return [
    make("the header of the proof is missing", row.missing ?? "missing_header", {
      headers: (all) => all.filter(([name]) => name !== proof),
    }),
    make("the header of the proof came twice", "repeated_header", {
      headers: (all) => [...all, ...all.filter(([name]) => name === proof)],
    }),
    make(
      "the header of the proof is noise",
      malformed,
      replaced(() => "*"),
    ),
    make(
      "the header of the proof is empty",
      row.malformed ?? "malformed_signature",
      replaced(() => ""),
    ),
    make("header names in upper case", passed(row), {
      headers: (all) => all.map(([name, value]): Header => [name.toUpperCase(), value]),
    }),
  ];
}

function timeVectors(row: Row, make: Make): Vector[] {
  const { toleranceS } = row;
  if (toleranceS === undefined) return [];
  const year = 365 * 86_400;
  if (toleranceS === "any") {
    return [make("old timestamp: any age passes", passed(row, { ageS: year }), { ageS: year })];
  }
  return [
    make("the oldest that is tolerated", passed(row, { ageS: toleranceS }), { ageS: toleranceS }),
    make("old timestamp", "timestamp_too_old", { ageS: toleranceS + 1 }),
    make("future timestamp", "timestamp_in_future", { ageS: -toleranceS - 1 }),
  ];
}

function passed(row: Row, { secretIndex = 0, ageS = 0 } = {}): Expectation {
  const base = { status: row.status ?? "verified", secretIndex } as const;
  return row.toleranceS === undefined ? base : { ...base, ageMs: ageS * 1000 };
}

function build(
  row: Row,
  name: string,
  { expected, draft }: { readonly expected: Expectation | string; readonly draft: Draft },
): Vector {
  const [current] = row.secrets;
  const { signWith = current, secrets = [current], ageS = 0 } = draft;
  const original = Buffer.from(row.body ?? BODY);
  const message = { body: original, timeMs: NOW_MS - ageS * 1000, id: "msg_1" };
  const sent: Sent = row.send(message, signWith);
  const headers: readonly Header[] = [
    ["Content-Type", row.contentType ?? "application/json"],
    ...sent.headers,
  ];
  const body = Buffer.from(sent.body ?? original);
  return {
    name,
    secrets: secrets.map(row.configured ?? ((secret) => secret)),
    nowMs: NOW_MS,
    method: sent.method ?? "POST",
    url: sent.url ?? URL_OF_SOURCE,
    headers: draft.headers?.(headers) ?? headers,
    bodyBase64: Buffer.from(draft.change?.(body) ?? body).toString("base64"),
    ...(row.keys !== undefined && { keys: row.keys }),
    expect: typeof expected === "string" ? { status: "failed", reason: expected } : expected,
  };
}
