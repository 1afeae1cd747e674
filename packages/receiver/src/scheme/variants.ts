/**
 * The usual suspects when a signature does not match: what commonly happens to a body on its way,
 * and what is commonly misread in a provider's documentation. Each is one change; if the signature
 * matches after it, the cause is proven.
 *
 * Only for `explain.ts`; nothing here is ever accepted.
 */
import type { HmacRecipe, KeyRule } from "./recipe.ts";

export type Suspect = {
  /** What was changed: the bytes, the URL, how the secret is read, or another part of the recipe. */
  readonly kind: "body" | "url" | "secret" | "recipe";
  /** Completes the sentence "The signature matches if …". */
  readonly condition: string;
  readonly recipe: HmacRecipe;
  readonly body: Uint8Array;
  readonly url: string;
};

type BodyChange = {
  readonly condition: string;
  /** `undefined` where the change does not apply. */
  readonly apply: (body: Uint8Array) => Uint8Array | undefined;
};

const CR = 0x0d;
const LF = 0x0a;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const BODY_CHANGES: readonly BodyChange[] = [
  {
    condition: "line ends are LF: something on the way turned them into CRLF",
    apply: (body) => body.filter((byte, index) => byte !== CR || body[index + 1] !== LF),
  },
  {
    condition: "line ends are CRLF: something on the way turned them into LF",
    apply: withCrlf,
  },
  {
    condition: "the line break at the end is removed: something added one, often an editor or echo",
    apply: (body) => body.subarray(0, endWithoutLineBreak(body)),
  },
  {
    condition: "a line break is added at the end: something on the way removed it",
    apply: withLineBreak,
  },
  {
    condition: "the byte order mark at the start is removed: something added one",
    apply: (body) =>
      BYTE_ORDER_MARK.every((byte, index) => body[index] === byte) ? body.subarray(3) : undefined,
  },
  {
    condition: "the JSON is compact: something parsed the body and wrote it again with spaces",
    apply: (body) => rewriteJson(body, (value) => JSON.stringify(value)),
  },
  {
    condition:
      "the JSON is indented by two: something parsed the body and wrote it again compactly",
    apply: (body) => rewriteJson(body, (value) => JSON.stringify(value, undefined, 2)),
  },
  {
    condition:
      "non-ASCII characters in the JSON are \\u escapes: something parsed the body and wrote it again",
    apply: (body) =>
      body.some((byte) => byte > 0x7f)
        ? rewriteJson(body, (value) => escapeNonAscii(JSON.stringify(value)))
        : undefined,
  },
  {
    condition: "the UTF-8 is decoded once: something read it as latin1 and encoded it again",
    apply: decodeTwiceEncoded,
  },
  {
    condition: "the body is empty: the sender signed before it had a body",
    apply: () => new Uint8Array(0),
  },
];

/** Bodies beyond this are not rewritten: an explanation must not need more memory than a request. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Only where the URL is signed: the one configured here and the one registered there differ. */
const URL_CHANGES: readonly { condition: string; apply: (url: string) => string }[] = [
  {
    condition: "the URL ends without a slash: that is how it is registered at the provider",
    apply: (url) => url.replace(/\/(?=$|\?)/, ""),
  },
  {
    condition: "the URL ends with a slash: that is how it is registered at the provider",
    apply: (url) => url.replace(/(?<!\/)(?=$|\?)/, "/"),
  },
  {
    condition: "the URL begins with http: that is how it is registered at the provider",
    apply: (url) => url.replace(/^https:/, "http:"),
  },
  {
    condition: "the URL begins with https: that is how it is registered at the provider",
    apply: (url) => url.replace(/^http:/, "https:"),
  },
  {
    condition: "the URL has no query: the provider signs it without",
    apply: (url) => url.replace(/\?.*$/s, ""),
  },
];

export function* suspects(recipe: HmacRecipe, body: Uint8Array, url: string): Generator<Suspect> {
  for (const { condition, recipe: other, kind } of recipeChanges(recipe)) {
    yield { kind, condition, recipe: other, body, url };
  }
  if (recipe.signed.includes("{url}")) {
    for (const { condition, apply } of URL_CHANGES) {
      const changed = apply(url);
      if (changed !== url) yield { kind: "url", condition, recipe, body, url: changed };
    }
  }
  if (body.length > MAX_BODY_BYTES) return;
  for (const { condition, apply } of BODY_CHANGES) {
    const changed = apply(body);
    if (changed === undefined || isSame(changed, body)) continue;
    yield { kind: "body", condition, recipe, body: changed, url };
  }
}

function recipeChanges(
  recipe: HmacRecipe,
): readonly Pick<Suspect, "kind" | "condition" | "recipe">[] {
  const keys: readonly { condition: string; key: KeyRule }[] = [
    {
      condition: "the secret is used as it is, not decoded",
      key: { from: "utf8", minBytes: 1 },
    },
    {
      condition: 'the secret is used as it is, without its prefix "whsec_"',
      key: { from: "utf8", prefix: "whsec_", minBytes: 1 },
    },
    {
      condition: "the secret is decoded from base64 (what follows whsec_)",
      key: { from: "base64", prefix: "whsec_", minBytes: 1 },
    },
    { condition: "the secret is decoded from hex", key: { from: "hex", minBytes: 1 } },
  ];
  const algorithms = (["sha1", "sha256", "sha512"] as const).filter(
    (algorithm) => algorithm !== recipe.algorithm,
  );
  const encodings = (["hex", "base64", "base64url"] as const).filter(
    (encoding) => encoding !== recipe.encoding,
  );
  return [
    ...keys.map(({ condition, key }) => ({
      kind: "secret" as const,
      condition,
      recipe: { ...recipe, key },
    })),
    ...algorithms.map((algorithm) => ({
      kind: "recipe" as const,
      condition: `the algorithm is HMAC-${algorithm.toUpperCase()}`,
      recipe: { ...recipe, algorithm },
    })),
    ...encodings.map((encoding) => ({
      kind: "recipe" as const,
      condition: `the signature's encoding is ${encoding}`,
      recipe: { ...recipe, encoding },
    })),
  ];
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

function withCrlf(body: Uint8Array): Uint8Array {
  const bytes: number[] = [];
  for (const [index, byte] of body.entries()) {
    if (byte === LF && body[index - 1] !== CR) bytes.push(CR);
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

function withLineBreak(body: Uint8Array): Uint8Array {
  const longer = new Uint8Array(body.length + 1);
  longer.set(body);
  longer[body.length] = LF;
  return longer;
}

function endWithoutLineBreak(body: Uint8Array): number {
  let end = body.length;
  while (end > 0 && (body[end - 1] === LF || body[end - 1] === CR)) end -= 1;
  return end;
}

function rewriteJson(body: Uint8Array, write: (value: unknown) => string): Uint8Array | undefined {
  try {
    return encoder.encode(write(JSON.parse(decoder.decode(body))));
  } catch {
    return undefined;
  }
}

function escapeNonAscii(json: string): string {
  let escaped = "";
  for (let index = 0; index < json.length; index += 1) {
    const code = json.charCodeAt(index);
    escaped += code > 0x7e ? `\\u${code.toString(16).padStart(4, "0")}` : json.charAt(index);
  }
  return escaped;
}

function decodeTwiceEncoded(body: Uint8Array): Uint8Array | undefined {
  try {
    const text = decoder.decode(body);
    const bytes = Uint8Array.from(text, (character) => character.codePointAt(0) ?? 0);
    const isLatin1 = [...text].every((character) => (character.codePointAt(0) ?? 0) <= 0xff);
    return isLatin1 ? bytes : undefined;
  } catch {
    return undefined;
  }
}
