/**
 * The tables of what a verifier must accept and refuse, for any sender: row C11 of the reliability
 * notes (malformed in every way seen in the wild), and the cases every provider needs (good, wrong
 * key, wrong byte, old, future, rotated).
 *
 * Where a malformed value is signed, it is signed correctly over its own text, so that nothing but
 * the strictness under test can refuse it.
 */
import { createHmac } from "node:crypto";
import type { Message, Sender } from "./sender.ts";
import type { Expectation, Header, Vector } from "./vector.ts";

export const NOW_S = 1_764_000_000;
const ID = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const BODY = utf8('{"id":"evt_1","type":"invoice.paid","amount":4900,"name":"Zoë"}\n');

type Draft = {
  readonly message?: Partial<Message>;
  /** Secrets that sign; the sender's current one by default. */
  readonly signWith?: readonly string[];
  /** Secrets that the verifier has. */
  readonly secrets?: readonly string[];
  /** Changes each signature's text. */
  readonly mutate?: (signature: string) => string;
  /** Replaces the signature header's value. */
  readonly value?: string;
  /** Changes the headers after signing. */
  readonly headers?: (headers: readonly Header[]) => readonly Header[];
  /** Replaces the body after signing. */
  readonly arrivingBody?: Uint8Array;
};

type Case = readonly [name: string, expected: Expectation | string, draft: Draft];

export function vectorsOf(sender: Sender): Vector[] {
  return [
    ...mainCases(sender),
    ...bodyCases(sender),
    ...signatureCases(sender),
    ...headerCases(sender),
    ...(sender.isList ? listCases(sender) : []),
    ...(sender.otherTag === undefined ? [] : tagCases(sender, sender.otherTag)),
    ...(sender.timestamp === undefined ? [] : [...ageCases(), ...timestampCases(sender)]),
    ...(sender.timestamp === "field" ? fieldCases(sender) : []),
    ...(sender.idHeader === undefined ? [] : idCases(sender.idHeader)),
  ].map((one) => build(sender, one));
}

/** For a second family of headers: what shows that it is read at all, and by the same rules. */
export function mainVectorsOf(sender: Sender): Vector[] {
  return mainCases(sender).map((one) => build(sender, one));
}

function mainCases(sender: Sender): Case[] {
  const [current, previous, foreign] = sender.secrets;
  return [
    ["good", good(sender), {}],
    ["wrong key", "wrong_secret_or_modified_body", { signWith: [foreign] }],
    [
      "wrong byte: the last of the body is another",
      "wrong_secret_or_modified_body",
      {
        arrivingBody: Uint8Array.from([...BODY.subarray(0, -1), 0x20]),
      },
    ],
    [
      "rotated key: signed with the previous secret",
      good(sender, { secretIndex: 1 }),
      {
        signWith: [previous],
        secrets: [current, previous],
      },
    ],
    [
      "rotated key: signed with a secret that was removed",
      "wrong_secret_or_modified_body",
      {
        signWith: [foreign],
        secrets: [current, previous],
      },
    ],
    [
      "the signature header is missing",
      "missing_header",
      {
        headers: without(sender.signatureHeader),
      },
    ],
  ];
}

function bodyCases(sender: Sender): Case[] {
  const { secrets, encoding } = sender;
  const [current] = secrets;
  const failed = "wrong_secret_or_modified_body";
  return [
    ["an empty body", good(sender), { message: { body: new Uint8Array(0) } }],
    ["a body that is not UTF-8", good(sender), { message: { body: Uint8Array.of(0xff) } }],
    [
      "{ff} signed, {fe} arrives: both decode to the same text",
      failed,
      {
        message: { body: Uint8Array.of(0xff) },
        arrivingBody: Uint8Array.of(0xfe),
      },
    ],
    [
      "{ff} signed, U+FFFD arrives: what lossy decoding makes of it",
      failed,
      {
        message: { body: Uint8Array.of(0xff) },
        arrivingBody: utf8("\u{fffd}"),
      },
    ],
    [
      "a byte order mark was added",
      failed,
      {
        arrivingBody: Uint8Array.of(0xef, 0xbb, 0xbf, ...BODY),
      },
    ],
    ["the line break at the end was removed", failed, { arrivingBody: BODY.subarray(0, -1) }],
    ["a NUL byte was added", failed, { arrivingBody: Uint8Array.of(...BODY, 0) }],
    ["the body arrives empty", failed, { arrivingBody: new Uint8Array(0) }],
    [
      "signed with an empty key",
      failed,
      {
        mutate: () => createHmac("sha256", "").update(BODY).digest(encoding),
      },
    ],
    ["the secret is another one's beginning", failed, { signWith: [current.slice(0, -4)] }],
  ];
}

function signatureCases(sender: Sender): Case[] {
  const isHex = sender.encoding === "hex";
  const malformed = (name: string, mutate: (text: string) => string): Case => [
    name,
    "malformed_signature",
    { mutate },
  ];
  return [
    [
      "the first character of the signature is another",
      "wrong_secret_or_modified_body",
      {
        mutate: (text) => `${text.startsWith("0") ? "1" : "0"}${text.slice(1)}`,
      },
    ],
    malformed("nothing but what stands before a signature", () => ""),
    malformed("half a signature", (text) => text.slice(0, text.length / 2)),
    malformed("a signature that lacks its last byte", (text) =>
      isHex ? text.slice(0, -2) : Buffer.from(text, "base64").subarray(0, -1).toString("base64"),
    ),
    malformed("a signature that lacks its last character", (text) =>
      isHex ? text.slice(0, -1) : text.slice(0, -2),
    ),
    malformed("a signature with a byte too many", (text) => (isHex ? `${text}00` : `AAAA${text}`)),
    malformed("the signature twice in one", (text) => text + text),
    malformed("a character that is in no encoding", (text) => `*${text.slice(1)}`),
    malformed("digits that are not ASCII", (text) => `\u00b2\u00b3${text.slice(2)}`),
    malformed("a space inside", (text) => `${text.slice(0, 8)} ${text.slice(9)}`),
    malformed("a NUL at the end", (text) => `${text}\0`),
    malformed("the bytes in another encoding", (text) =>
      isHex
        ? Buffer.from(text, "hex").toString("base64")
        : Buffer.from(text, "base64").toString("hex"),
    ),
    malformed("a digest of another length", () =>
      createHmac("sha1", "key").update(BODY).digest(sender.encoding),
    ),
    ["the header is empty", "malformed_signature", { value: "" }],
    ["the header is one comma", "malformed_signature", { value: "," }],
    ["the header is white space", "malformed_signature", { value: "   " }],
    isHex
      ? ["upper-case digits are the same bytes", good(sender), { mutate: (t) => t.toUpperCase() }]
      : malformed("bits after the end of the digest", (text) => `${text.slice(0, -2)}9=`),
  ];
}

function headerCases(sender: Sender): Case[] {
  const name = sender.signatureHeader;
  return [
    [
      "header names in upper case",
      good(sender),
      {
        headers: (headers) => headers.map(([key, value]): Header => [key.toUpperCase(), value]),
      },
    ],
    [
      "the signature header came twice, the same",
      "repeated_header",
      {
        headers: (headers) => [...headers, ...headers.filter(([key]) => key === name)],
      },
    ],
    [
      "the signature header came twice, the second forged",
      "repeated_header",
      {
        headers: (headers) => [...headers, [name, "forged"]],
      },
    ],
    [
      "the signature header came twice, the first forged",
      "repeated_header",
      {
        headers: (headers) => [[name.toLowerCase(), "forged"], ...headers],
      },
    ],
    [
      "a header with a similar name is not the signature",
      "missing_header",
      {
        headers: (headers) =>
          headers.map(([key, value]): Header => [key === name ? `${key}-2` : key, value]),
      },
    ],
  ];
}

function listCases(sender: Sender): Case[] {
  const [current, , foreign] = sender.secrets;
  const junk = (text: string): string => text.slice(1);
  return [
    ["two signatures, the second matches", good(sender), { signWith: [foreign, current] }],
    ["two signatures, the first matches", good(sender), { signWith: [current, foreign] }],
    [
      "two signatures, none matches",
      "wrong_secret_or_modified_body",
      {
        signWith: [foreign, foreign],
      },
    ],
    [
      "a hundred and one signatures",
      "malformed_signature",
      {
        signWith: Array.from({ length: 101 }, () => current),
      },
    ],
    [
      "every signature is malformed",
      "malformed_signature",
      {
        signWith: [current, current],
        mutate: junk,
      },
    ],
  ];
}

function tagCases(sender: Sender, otherTag: string): Case[] {
  const replaced = (replacement: string) => ({
    headers: changeValue(sender.signatureHeader, (value) => value.replace(sender.tag, replacement)),
  });
  return [
    ["only a signature of another scheme", "unsupported_scheme", replaced(otherTag)],
    ["the signature without its tag", "malformed_signature", replaced("")],
    [
      "the tag in upper case is another one",
      "unsupported_scheme",
      replaced(sender.tag.toUpperCase()),
    ],
  ];
}

function ageCases(): Case[] {
  const aged = (seconds: number): Draft => ({ message: { timestamp: String(NOW_S - seconds) } });
  const verified = (seconds: number): Expectation => ({
    status: "verified",
    secretIndex: 0,
    ageMs: seconds * 1000,
  });
  return [
    ["300 s old is tolerated", verified(300), aged(300)],
    ["301 s old is too old", "timestamp_too_old", aged(301)],
    ["old timestamp: a year", "timestamp_too_old", aged(365 * 86_400)],
    ["the epoch", "timestamp_too_old", aged(NOW_S)],
    ["300 s in the future is tolerated", verified(-300), aged(-300)],
    ["future timestamp: 301 s", "timestamp_in_future", aged(-301)],
    ["future timestamp: a year", "timestamp_in_future", aged(-365 * 86_400)],
  ];
}

function timestampCases(sender: Sender): Case[] {
  const signed = (name: string, timestamp: string): Case => [
    `the timestamp ${name}, and signed so`,
    "malformed_timestamp",
    { message: { timestamp } },
  ];
  const now = String(NOW_S);
  const cases: Case[] = [
    signed("ends in letters", `${now}junk`),
    signed("ends in a unit", `${now}s`),
    signed("begins with a plus sign", `+${now}`),
    signed("is negative", `-${now}`),
    signed("is a fraction", `${now}.5`),
    signed("has an exponent", "1.764e9"),
    signed("is hexadecimal", `0x${NOW_S.toString(16)}`),
    signed("is in milliseconds", `${now}000`),
    signed("has an underscore", "1_764_000_000"),
    signed("is a date", "2025-11-24T16:00:00Z"),
    signed("is empty", ""),
    signed("is the word NaN", "NaN"),
    // As bytes of UTF-8 these are what a header can carry of Arabic-Indic digits.
    signed("has digits that are not ASCII", Buffer.from("١٧٦٤٠٠٠٠٠٠").toString("latin1")),
    signed("has superscript digits", "176400000\u00b9"),
  ];
  if (sender.timestamp === undefined || sender.timestamp === "field") return cases;
  const header = sender.timestamp;
  return [
    ...cases,
    ["the timestamp header is missing", "missing_header", { headers: without(header) }],
    [
      "the timestamp header came twice",
      "repeated_header",
      {
        headers: (headers) => [...headers, [header, now]],
      },
    ],
    [
      "the timestamp was changed after signing",
      "wrong_secret_or_modified_body",
      {
        headers: changeValue(header, () => String(NOW_S + 1)),
      },
    ],
    [
      "a leading zero was added to the timestamp",
      "wrong_secret_or_modified_body",
      {
        headers: changeValue(header, (value) => `0${value}`),
      },
    ],
  ];
}

function fieldCases(sender: Sender): Case[] {
  const change = (edit: (value: string) => string): Draft => ({
    headers: changeValue(sender.signatureHeader, edit),
  });
  return [
    ["no timestamp field", "malformed_signature", change((value) => value.replace(/t=\d+,/, ""))],
    ["two timestamp fields", "malformed_signature", change((value) => `${value},t=${NOW_S}`)],
    [
      "the timestamp was changed after signing",
      "wrong_secret_or_modified_body",
      change((value) => value.replace(/t=\d+/, `t=${NOW_S + 1}`)),
    ],
    [
      "the timestamp comes last",
      good(sender),
      change((value) => value.split(",").toReversed().join(",")),
    ],
    ["white space after the comma", good(sender), change((value) => value.replaceAll(",", ", "))],
    ["an unknown field beside the signature", good(sender), change((value) => `${value},x=y`)],
    [
      "a signature of an older scheme beside it",
      good(sender),
      change((value) => `${value},v0=${"0".repeat(64)}`),
    ],
    ["a field without a value beside it", good(sender), change((value) => `${value},v1`)],
    ["a separator at the end", good(sender), change((value) => `${value},`)],
  ];
}

function idCases(idHeader: string): Case[] {
  const withId = (id: string): Draft => ({ message: { id } });
  return [
    ["the id contains a full stop, and is signed so", "malformed_header", withId("msg_1.2")],
    ["the id is empty, and is signed so", "malformed_header", withId("")],
    [
      "the id was changed after signing",
      "wrong_secret_or_modified_body",
      {
        headers: changeValue(idHeader, () => "msg_other"),
      },
    ],
    ["the id header is missing", "missing_header", { headers: without(idHeader) }],
    [
      "the id header came twice",
      "repeated_header",
      {
        headers: (headers) => [...headers, [idHeader, ID]],
      },
    ],
  ];
}

function good(sender: Sender, changes: { secretIndex?: number } = {}): Expectation {
  const { secretIndex = 0 } = changes;
  return sender.timestamp === undefined
    ? { status: "verified", secretIndex }
    : { status: "verified", secretIndex, ageMs: 0 };
}

function without(name: string): (headers: readonly Header[]) => readonly Header[] {
  return (headers) => headers.filter(([key]) => key !== name);
}

function changeValue(
  name: string,
  edit: (value: string) => string,
): (headers: readonly Header[]) => readonly Header[] {
  return (headers) =>
    headers.map(([key, value]): Header => [key, key === name ? edit(value) : value]);
}

function build(sender: Sender, [name, expected, draft]: Case): Vector {
  const message: Message = { body: BODY, timestamp: String(NOW_S), id: ID, ...draft.message };
  const [current] = sender.secrets;
  const { signWith = [current], secrets = [current], mutate = (text) => text } = draft;
  const signatures = signWith.map((secret) => mutate(sender.signature(message, secret)));
  const value = draft.value ?? sender.value(signatures, message.timestamp);
  const headers: readonly Header[] = [
    ["Content-Type", "application/json"],
    ...sender.others(message),
    [sender.signatureHeader, value],
  ];
  return {
    name,
    secrets,
    nowMs: NOW_S * 1000,
    method: "POST",
    url: "https://hooks.example.com/in/source",
    headers: draft.headers?.(headers) ?? headers,
    bodyBase64: Buffer.from(draft.arrivingBody ?? message.body).toString("base64"),
    expect: typeof expected === "string" ? { status: "failed", reason: expected } : expected,
  };
}
